package slackfake

import (
	"fmt"
	"slices"
	"strings"
)

// line is one line of what a person reads. Buttons stand apart from words, so
// that the page can draw them.
type line struct {
	Text    string
	Buttons []string
}

// String is the line in a plain text: buttons in square brackets.
func (l line) String() string {
	if len(l.Buttons) == 0 {
		return l.Text
	}
	return "[" + strings.Join(l.Buttons, "] [") + "]"
}

// RenderMessage is a message as a person reads it, for golden files: first the
// text that notifications and screen readers get, then the blocks.
func RenderMessage(m Message) string { return joinLines(messageLines(m.Text, m.Blocks, m.names)) }

// RenderEphemeral does the same for a private line.
func RenderEphemeral(e Ephemeral) string { return joinLines(messageLines(e.Text, e.Blocks, e.names)) }

// RenderView is a modal or home tab as a person reads it, with what has been
// filled in and the errors at the fields.
func RenderView(v View) string { return joinLines(viewLines(v)) }

func joinLines(lines []line) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(strings.TrimRight(l.String(), " "))
		b.WriteByte('\n')
	}
	return b.String()
}

func messageLines(text string, blocks []Object, names map[string]string) []line {
	shown := readMrkdwn(text, names)
	if len(blocks) == 0 {
		return []line{{Text: shown}}
	}
	r := renderer{names: names}
	r.say("(" + shown + ")")
	r.blocks(blocks)
	return r.lines
}

func viewLines(v View) []line {
	r := renderer{names: v.names, state: v.State, errors: v.Errors}
	if v.Type == "modal" {
		r.say("=== " + v.Title + " ===")
	}
	r.blocks(v.Blocks)
	var buttons []string
	for _, b := range []string{v.Close, v.Submit} {
		if b != "" {
			buttons = append(buttons, b)
		}
	}
	if v.Type == "modal" {
		r.say("---")
	}
	if len(buttons) > 0 {
		r.lines = append(r.lines, line{Buttons: buttons})
	}
	return r.lines
}

// renderer writes blocks as lines.
type renderer struct {
	names  map[string]string
	state  State
	errors map[string]string
	lines  []line
}

// say adds a text, line by line.
func (r *renderer) say(text string) {
	for l := range strings.SplitSeq(text, "\n") {
		r.lines = append(r.lines, line{Text: l})
	}
}

// text is what a text object shows.
func (r *renderer) text(v any) string { return readText(v, r.names) }

func (r *renderer) blocks(blocks []Object) {
	for _, b := range blocks {
		r.block(b)
	}
}

func (r *renderer) block(b Object) {
	switch str(b, "type") {
	case "header":
		r.say("# " + r.text(b["text"]))
	case "divider":
		r.say("──────")
	case "section":
		if b["text"] != nil {
			r.say(r.text(b["text"]))
		}
		for _, f := range objects(b["fields"]) {
			// A field holds its name and value on two lines; here they share one.
			r.say("  " + strings.ReplaceAll(r.text(f), "\n", " "))
		}
		if e := sub(b, "accessory"); e != nil {
			r.element(e, str(b, "block_id"))
		}
	case "context":
		var parts []string
		for _, e := range objects(b["elements"]) {
			parts = append(parts, r.text(e))
		}
		r.say("· " + strings.ReplaceAll(strings.Join(parts, "  "), "\n", "\n· "))
	case "actions":
		r.actions(b)
	case "input":
		r.input(b)
	case "rich_text":
		for _, e := range objects(b["elements"]) {
			r.say(r.rich(e))
		}
	}
}

// actions puts buttons and menus that stand side by side on one line.
func (r *renderer) actions(b Object) {
	var row []string
	flush := func() {
		if len(row) > 0 {
			r.lines = append(r.lines, line{Buttons: row})
			row = nil
		}
	}
	for _, e := range objects(b["elements"]) {
		switch str(e, "type") {
		case "button", "overflow":
			row = append(row, buttonWords(e))
		default:
			flush()
			r.element(e, str(b, "block_id"))
		}
	}
	flush()
	for _, e := range objects(b["elements"]) {
		r.confirm(e)
	}
}

// buttonWords is what stands on a button, or in a menu behind three dots.
func buttonWords(e Object) string {
	if str(e, "type") == "overflow" {
		var words []string
		for _, o := range objects(e["options"]) {
			words = append(words, plain(o["text"]))
		}
		return "⋯ " + strings.Join(words, " | ")
	}
	words := plain(e["text"])
	if style := str(e, "style"); style != "" {
		words += " (" + style + ")"
	}
	if link := str(e, "url"); link != "" {
		words += " → " + link
	}
	return words
}

// confirm shows the dialog that an element asks with.
func (r *renderer) confirm(e Object) {
	if dialog := sub(e, "confirm"); dialog != nil {
		for _, l := range renderConfirm(dialog) {
			r.say("    " + l)
		}
	}
}

// renderConfirm is a confirm dialog in lines.
func renderConfirm(dialog Object) []string {
	yes := plain(dialog["confirm"])
	if style := str(dialog, "style"); style != "" {
		yes += " (" + style + ")"
	}
	return []string{"? " + plain(dialog["title"]), readText(dialog["text"], nil), "[" + plain(dialog["deny"]) + "] [" + yes + "]"}
}

// input is a labelled field with its hint and error.
func (r *renderer) input(b Object) {
	label := r.text(b["label"])
	if optional, _ := b["optional"].(bool); optional {
		label += " (optional)"
	}
	r.say(label)
	r.element(sub(b, "element"), str(b, "block_id"))
	if b["hint"] != nil {
		r.say("  " + r.text(b["hint"]))
	}
	if complaint := r.errors[str(b, "block_id")]; complaint != "" {
		r.say("  ! " + complaint)
	}
}

// element shows one element and what it holds.
func (r *renderer) element(e Object, block string) {
	held := r.state[block][str(e, "action_id")]
	switch kind := str(e, "type"); kind {
	case "button", "overflow":
		r.lines = append(r.lines, line{Buttons: []string{buttonWords(e)}})
	case "radio_buttons":
		r.options(e, []Object{sub(held, "selected_option")}, "( ) ", "(•) ")
	case "checkboxes":
		chosen, _ := held["selected_options"].([]Object)
		r.options(e, chosen, "[ ] ", "[x] ")
	case "multi_static_select":
		chosen, _ := held["selected_options"].([]Object)
		r.say("  [▾ " + orElse(plain(e["placeholder"]), "…") + "]")
		r.options(e, chosen, "    - ", "    x ")
	case "static_select":
		r.say("  [▾ " + orElse(plain(sub(held, "selected_option")["text"]), plain(e["placeholder"])) + "]")
		r.options(e, nil, "    - ", "")
	case "datepicker":
		r.say("  [date: " + orElse(str(held, "selected_date"), plain(e["placeholder"])) + "]")
	case "plain_text_input":
		r.say("  [" + orElse(str(held, "value"), orElse(plain(e["placeholder"]), "____")) + "]")
	}
	r.confirm(e)
}

func (r *renderer) options(e Object, chosen []Object, off, on string) {
	for _, o := range objects(e["options"]) {
		mark := off
		if on != "" && slices.ContainsFunc(chosen, func(c Object) bool { return c != nil && str(c, "value") == str(o, "value") }) {
			mark = on
		}
		r.say("  " + mark + r.text(o["text"]))
		if o["description"] != nil {
			r.say("      " + r.text(o["description"]))
		}
	}
}

// rich is one element of rich text.
func (r *renderer) rich(e Object) string {
	switch str(e, "type") {
	case "rich_text_list":
		var items []string
		for i, item := range objects(e["elements"]) {
			mark := "• "
			if str(e, "style") == "ordered" {
				mark = fmt.Sprintf("%d. ", i+1)
			}
			items = append(items, mark+r.rich(item))
		}
		return strings.Join(items, "\n")
	case "rich_text_quote":
		return "> " + strings.ReplaceAll(r.inlines(e), "\n", "\n> ")
	case "rich_text_preformatted":
		return "    " + strings.ReplaceAll(r.inlines(e), "\n", "\n    ")
	}
	return strings.TrimSuffix(r.inlines(e), "\n")
}

// inlines are the pieces of text within rich text; their words are shown as
// they are, nothing in them is markup.
func (r *renderer) inlines(e Object) string {
	var b strings.Builder
	for _, in := range objects(e["elements"]) {
		switch str(in, "type") {
		case "text":
			b.WriteString(styled(in))
		case "link":
			b.WriteString(linkWords(orElse(str(in, "text"), str(in, "url")), str(in, "url")))
		case "emoji":
			b.WriteString(":" + str(in, "name") + ":")
		case "user":
			b.WriteString("@" + orElse(r.names[str(in, "user_id")], str(in, "user_id")))
		case "channel":
			b.WriteString("#" + orElse(r.names[str(in, "channel_id")], str(in, "channel_id")))
		case "usergroup":
			b.WriteString("@" + str(in, "usergroup_id"))
		case "broadcast":
			b.WriteString("@" + str(in, "range"))
		}
	}
	return b.String()
}

// styled is a text with the marks of its style around it.
func styled(in Object) string {
	text := str(in, "text")
	for _, s := range []struct{ name, mark string }{{"code", "`"}, {"strike", "~"}, {"italic", "_"}, {"bold", "*"}} {
		if on, _ := sub(in, "style")[s.name].(bool); on {
			text = s.mark + text + s.mark
		}
	}
	return text
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// DraftView is a modal as a program would send it, for RenderView: nobody has
// opened it yet. view is anything that becomes a view's JSON.
func DraftView(view any) (View, error) {
	doc, err := objectOf(view)
	if err != nil {
		return View{}, err
	}
	v := View{Type: "modal", Blocks: objects(doc["blocks"]), Title: plain(doc["title"]), Submit: plain(doc["submit"]), Close: plain(doc["close"])}
	v.State = initialState(v.Blocks)
	return v, nil
}

// DraftMessage does the same for a message.
func DraftMessage(text string, blocks any) (Message, error) {
	doc, err := objectOf(Object{"blocks": blocks})
	return Message{Text: text, Blocks: objects(doc["blocks"])}, err
}

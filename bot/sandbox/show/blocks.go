package show

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
)

// block is one of Slack's blocks, ready for the template.
type block struct {
	Kind      string // section, header, context, divider, actions, input, quote
	Text      template.HTML
	Fields    []template.HTML
	Elements  []element // of actions; the accessory of a section; the field of an input
	Label     string
	Hint      string
	Error     string
	ID        string
	Optional  bool
	Preformat bool
}

// element is something that can be pressed or filled in.
type element struct {
	Kind        string // button, overflow, plain_text_input, radio_buttons, checkboxes, static_select, datepicker
	Text        string
	Style       string
	Action      string
	Block       string
	On          target
	Value       string
	Placeholder string
	Multiline   bool
	Options     []option
	Confirm     *confirm
	URL         string
	Goto        string // the row that the address leads to, if it is a message
	Dispatch    bool   // a choice is sent at once
	Focus       string // tells the element from others when it is drawn anew, which gives its block another id
}

type option struct {
	Text, Description, Value, URL string
	Chosen                        bool
}

type confirm struct{ Title, Text, Confirm, Deny string }

// target says which message or view an element belongs to.
type target struct{ Channel, TS, View string }

// drawer turns the blocks of one message or view into ours.
type drawer struct {
	on     target
	state  slackfake.State
	errors map[string]string
	names  map[string]string // of people, by id
}

func (d drawer) blocks(in []slackfake.Object) []block {
	var out []block
	times := map[string]int{}
	for _, b := range in {
		made := d.block(b)
		for i, e := range made.Elements {
			made.Elements[i].Focus = fmt.Sprintf("%s%s %s %d", d.on.TS, d.on.View, e.Action, times[e.Action])
			times[e.Action]++
		}
		out = append(out, made)
	}
	return out
}

func (d drawer) block(b slackfake.Object) block {
	id := str(b, "block_id")
	out := block{Kind: str(b, "type"), ID: id, Text: d.textOf(b["text"])}
	switch out.Kind {
	case "section":
		for _, f := range objects(b["fields"]) {
			out.Fields = append(out.Fields, d.textOf(f))
		}
		if e, ok := b["accessory"].(slackfake.Object); ok {
			out.Elements = []element{d.element(e, id, false)}
		}
	case "context":
		for _, e := range objects(b["elements"]) {
			out.Fields = append(out.Fields, d.textOf(e))
		}
	case "actions":
		for _, e := range objects(b["elements"]) {
			out.Elements = append(out.Elements, d.element(e, id, false))
		}
	case "input":
		out.Label, out.Hint, out.Error = plain(b["label"]), plain(b["hint"]), d.errors[id]
		out.Optional, _ = b["optional"].(bool)
		dispatch, _ := b["dispatch_action"].(bool)
		if e, ok := b["element"].(slackfake.Object); ok {
			out.Elements = []element{d.element(e, id, dispatch)}
		}
	case "rich_text":
		out.Kind, out.Text, out.Preformat = rich(b)
	}
	return out
}

func (d drawer) element(e slackfake.Object, blockID string, dispatch bool) element {
	out := element{
		Kind: str(e, "type"), Text: plain(e["text"]), Style: str(e, "style"), Action: str(e, "action_id"), Block: blockID, On: d.on,
		Placeholder: plain(e["placeholder"]), URL: str(e, "url"), Dispatch: dispatch,
	}
	out.Goto = messageKey(out.URL)
	out.Multiline, _ = e["multiline"].(bool)
	if c, ok := e["confirm"].(slackfake.Object); ok {
		out.Confirm = &confirm{plain(c["title"]), plain(c["text"]), plain(c["confirm"]), plain(c["deny"])}
	}
	value := d.state[blockID][out.Action]
	chosen := chosenIn(value)
	for _, o := range objects(e["options"]) {
		v := str(o, "value")
		out.Options = append(out.Options, option{plain(o["text"]), plain(o["description"]), v, str(o, "url"), slices.Contains(chosen, v)})
	}
	out.Value = str(value, "value") + str(value, "selected_date")
	return out
}

// chosenIn lists the values of the options that are chosen.
func chosenIn(value slackfake.Object) (out []string) {
	if one, ok := value["selected_option"].(slackfake.Object); ok {
		out = append(out, str(one, "value"))
	}
	for _, o := range objects(value["selected_options"]) {
		out = append(out, str(o, "value"))
	}
	return out
}

// rich draws a rich text: the bot quotes mails and replies in it.
func rich(b slackfake.Object) (kind string, text template.HTML, preformat bool) {
	kind = "rich"
	var out strings.Builder
	for _, part := range objects(b["elements"]) {
		switch str(part, "type") {
		case "rich_text_quote":
			kind = "quote"
		case "rich_text_preformatted":
			preformat = true
		}
		for _, e := range objects(part["elements"]) {
			out.WriteString(richText(e))
		}
	}
	return kind, template.HTML(out.String()), preformat //nolint:gosec // escaped in richText
}

func richText(e slackfake.Object) string {
	text := str(e, "text")
	if text == "" {
		text = str(e, "url")
	}
	text = strings.ReplaceAll(template.HTMLEscapeString(text), "\n", "<br>")
	if style, ok := e["style"].(slackfake.Object); ok && style["bold"] == true {
		return "<b>" + text + "</b>"
	}
	return text
}

// textOf draws a text object, marked up or plain.
func (d drawer) textOf(v any) template.HTML {
	o, ok := v.(slackfake.Object)
	if !ok {
		return ""
	}
	if str(o, "type") == "mrkdwn" {
		return mrkdwn(str(o, "text"), d.names)
	}
	return template.HTML(strings.ReplaceAll(template.HTMLEscapeString(str(o, "text")), "\n", "<br>")) //nolint:gosec // escaped
}

// plain is the text of a text object without any markup.
func plain(v any) string {
	o, ok := v.(slackfake.Object)
	if !ok {
		return ""
	}
	return str(o, "text")
}

func str(o slackfake.Object, name string) string {
	s, _ := o[name].(string)
	return s
}

func objects(v any) (out []slackfake.Object) {
	switch list := v.(type) {
	case []slackfake.Object:
		return list
	case []any:
		for _, e := range list {
			if o, ok := e.(slackfake.Object); ok {
				out = append(out, o)
			}
		}
	}
	return out
}

// attributes are those by which the script knows what to send when an element is used.
func attributes(e element) template.HTMLAttr {
	var b strings.Builder
	add := func(name, value string) {
		if value != "" {
			b.WriteString(" data-" + name + `="` + template.HTMLEscapeString(value) + `"`)
		}
	}
	add("action", e.Action)
	add("block", e.Block)
	add("channel", e.On.Channel)
	add("ts", e.On.TS)
	add("view", e.On.View)
	add("focus", e.Focus)
	if c := e.Confirm; c != nil {
		add("ask-title", c.Title)
		add("ask-text", c.Text)
		add("ask-yes", c.Confirm)
		add("ask-no", c.Deny)
	}
	return template.HTMLAttr(b.String()) //nolint:gosec // escaped above
}

// part is what a nested template is given: the texts, and what it draws.
type part struct {
	T func(key string, pairs ...string) string
	B any
}

func pass(t func(key string, pairs ...string) string, b any) part { return part{t, b} }

// dispatching is a choice outside a form: Slack sends it at once.
func dispatching(e element) element {
	e.Dispatch = true
	return e
}

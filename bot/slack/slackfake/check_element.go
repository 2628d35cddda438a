package slackfake

import (
	"fmt"
	"reflect"
	"slices"
	"time"
	"unicode/utf8"
)

// Limits of elements, in characters or entries.
const (
	maxButtonText  = 75
	maxValue       = 2000 // a button's value
	maxURL         = 3000
	maxOptionText  = 75
	maxOptionValue = 150
	maxOverflow    = 5
	maxChoices     = 10 // radio buttons, checkboxes
	maxSelect      = 100
	maxPlaceholder = 150
	maxInput       = 3000
	maxConfirmText = 300
	maxConfirmHead = 100
	maxConfirmVerb = 30
)

// element checks an element; allowed are the types that may stand there.
func (c *checker) element(e Object, path string, allowed ...string) {
	kind := str(e, "type")
	c.length(e, path, "action_id", maxID)
	if e["confirm"] != nil {
		c.confirm(sub(e, "confirm"), path+"/confirm")
	}
	switch kind {
	case "button":
		c.button(e, path)
	case "overflow":
		c.only(e, path, "type", "action_id", "options", "confirm")
		c.options(e, path, maxOverflow, true)
	case "radio_buttons", "checkboxes":
		c.only(e, path, "type", "action_id", "options", "initial_option", "initial_options", "confirm", "focus_on_load")
		c.options(e, path, maxChoices, false)
	case "static_select":
		c.only(e, path, "type", "action_id", "options", "initial_option", "confirm", "focus_on_load", "placeholder")
		c.text(e, path, "placeholder", "plain_text", maxPlaceholder, false)
		c.options(e, path, maxSelect, true)
	case "multi_static_select":
		c.only(e, path, "type", "action_id", "options", "initial_options", "confirm", "focus_on_load", "placeholder", "max_selected_items")
		c.text(e, path, "placeholder", "plain_text", maxPlaceholder, false)
		c.options(e, path, maxSelect, true)
	case "datepicker":
		c.only(e, path, "type", "action_id", "initial_date", "confirm", "focus_on_load", "placeholder")
		c.text(e, path, "placeholder", "plain_text", maxPlaceholder, false)
		c.date(e, path)
	case "plain_text_input":
		c.textInput(e, path)
	default:
		c.strange(path, "element", kind)
		return
	}
	if !slices.Contains(allowed, kind) {
		c.bad(path+"/type", "unsupported type: %s", kind)
	}
}

func (c *checker) button(e Object, path string) {
	c.only(e, path, "type", "action_id", "text", "url", "value", "style", "confirm", "accessibility_label")
	c.text(e, path, "text", "plain_text", maxButtonText, true)
	c.length(e, path, "value", maxValue)
	c.length(e, path, "url", maxURL)
	c.length(e, path, "accessibility_label", maxButtonText)
	c.style(e, path)
}

// style allows the two that there are; the plain look has none.
func (c *checker) style(o Object, path string) {
	if v := o["style"]; v != nil && v != "primary" && v != "danger" {
		c.bad(path+"/style", "must be a valid enum value")
	}
}

func (c *checker) confirm(o Object, path string) {
	c.only(o, path, "title", "text", "confirm", "deny", "style")
	c.text(o, path, "title", "plain_text", maxConfirmHead, true)
	c.text(o, path, "text", "", maxConfirmText, true)
	c.text(o, path, "confirm", "plain_text", maxConfirmVerb, true)
	c.text(o, path, "deny", "plain_text", maxConfirmVerb, true)
	c.style(o, path)
}

// options checks the choices of an element. plainOnly is true where Slack
// takes no mrkdwn in them.
func (c *checker) options(e Object, path string, most int, plainOnly bool) {
	kind := ""
	if plainOnly {
		kind = "plain_text"
	}
	list := c.list(e, path, "options", 1, most)
	seen := map[string]bool{}
	for i, o := range list {
		at := fmt.Sprintf("%s/options/%d", path, i)
		c.option(o, at, kind, str(e, "type") == "overflow")
		// The documents are silent about two options of one value; nobody could say which was chosen.
		if seen[str(o, "value")] {
			c.bad(at+"/value", "option value %q already exists", str(o, "value"))
		}
		seen[str(o, "value")] = true
	}
	if given, ok := e["initial_options"].([]any); ok && len(given) == 0 {
		c.bad(path+"/initial_options", "must provide at least 1 items")
	}
	for _, chosen := range initialOptions(e) {
		same := func(o Object) bool { return reflect.DeepEqual(o, chosen) } // "exactly match", so more than the value
		if !slices.ContainsFunc(list, same) {
			c.bad(path+"/initial_option", "must exactly match one of the provided options")
		}
	}
}

func (c *checker) option(o Object, path, kind string, mayLink bool) {
	c.only(o, path, "text", "value", "description", "url")
	c.text(o, path, "text", kind, maxOptionText, true)
	c.text(o, path, "description", kind, maxOptionText, false)
	c.length(o, path, "value", maxOptionValue)
	c.length(o, path, "url", maxURL)
	if str(o, "value") == "" {
		c.bad(path, "missing required field: value")
	}
	if o["url"] != nil && !mayLink {
		c.bad(path, "invalid additional property: url")
	}
}

// initialOptions is what is chosen before the user touches the element.
func initialOptions(e Object) []Object {
	if o := sub(e, "initial_option"); o != nil {
		return []Object{o}
	}
	return objects(e["initial_options"])
}

func (c *checker) date(e Object, path string) {
	v, ok := e["initial_date"]
	if !ok {
		return
	}
	text, _ := v.(string)
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		c.bad(path+"/initial_date", "must be a date in the format YYYY-MM-DD")
	}
}

func (c *checker) textInput(e Object, path string) {
	c.only(e, path, "type", "action_id", "initial_value", "multiline", "min_length", "max_length", "dispatch_action_config",
		"focus_on_load", "placeholder")
	c.text(e, path, "placeholder", "plain_text", maxPlaceholder, false)
	most := maxInput
	if n, ok := e["max_length"].(float64); ok {
		if n < 1 || n > maxInput {
			c.bad(path+"/max_length", "must be between 1 and %d", maxInput)
		}
		most = int(n)
	}
	if n, ok := e["min_length"].(float64); ok && (n < 0 || n > maxInput) {
		c.bad(path+"/min_length", "must be between 0 and %d", maxInput)
	}
	c.length(e, path, "initial_value", most)
}

// richText checks a rich_text block: sections, quotes, preformatted text and
// lists of sections, with the inline elements that the bot may use.
func (c *checker) richText(b Object, path string) {
	c.only(b, path, "type", "block_id", "elements")
	for i, e := range c.list(b, path, "elements", 1, maxViewBlocks) {
		c.richElement(e, fmt.Sprintf("%s/elements/%d", path, i))
	}
}

func (c *checker) richElement(e Object, path string) {
	kind := str(e, "type")
	switch kind {
	case "rich_text_section", "rich_text_quote", "rich_text_preformatted":
		c.only(e, path, "type", "elements", "border")
	case "rich_text_list":
		c.only(e, path, "type", "elements", "border", "style", "indent", "offset")
		for i, item := range c.list(e, path, "elements", 1, maxSelect) {
			c.richElement(item, fmt.Sprintf("%s/elements/%d", path, i))
		}
		return
	default:
		c.strange(path, "rich text element", kind)
		return
	}
	list, ok := e["elements"].([]any)
	if !ok {
		c.bad(path, "missing required field: elements")
	}
	for i, inline := range objects(list) {
		c.inline(inline, fmt.Sprintf("%s/elements/%d", path, i))
	}
}

// inline checks one piece of text within rich text.
func (c *checker) inline(e Object, path string) {
	needs := map[string]string{"text": "text", "link": "url", "user": "user_id", "channel": "channel_id", "usergroup": "usergroup_id",
		"emoji": "name", "broadcast": "range"}
	kind := str(e, "type")
	field, ok := needs[kind]
	switch {
	case !ok:
		c.strange(path, "rich text element", kind)
	case str(e, field) == "":
		c.bad(path, "missing required field: %s", field)
	}
}

// totalText counts the characters of all texts in a list of blocks.
func totalText(v any) int {
	n := 0
	switch v := v.(type) {
	case []Object:
		for _, o := range v {
			n += totalText(o)
		}
	case []any:
		for _, e := range v {
			n += totalText(e)
		}
	case Object:
		for name, e := range v {
			if text, ok := e.(string); ok && name == "text" {
				n += utf8.RuneCountInString(text)
			} else {
				n += totalText(e)
			}
		}
	}
	return n
}

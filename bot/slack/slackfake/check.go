package slackfake

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"
)

// Limits of views and blocks, in characters or entries. Slack counts characters;
// how it counts those beyond the basic plane is not documented, here each is one.
const (
	maxTitle           = 24
	maxViewBlocks      = 100
	maxPrivateMetadata = 3000
	maxID              = 255 // block_id, action_id, callback_id, external_id
	maxText            = 3000
	maxHeader          = 150
	maxFields          = 10
	maxFieldText       = 2000
	maxContext         = 10
	maxActions         = 25
	maxLabel           = 2000 // label and hint of an input
)

// checker looks through blocks and collects what Slack would say of them.
type checker struct {
	surface  string // message, modal or home
	messages []string
	unknown  []string // types that the bot may not send
}

// checkBlocks returns Slack's messages about a list of blocks, none if all is
// well. Types that the double doesn't know become faults besides.
func (s *Server) checkBlocks(blocks []Object, limit int, surface string) []string {
	c := &checker{surface: surface}
	c.blocks(blocks, limit)
	return s.verdict(c)
}

// checkView does the same for a whole view.
func (s *Server) checkView(doc Object, kind string) []string {
	c := &checker{surface: kind}
	c.view(doc)
	return s.verdict(c)
}

// CheckView returns Slack's messages about a modal as a program would send it,
// none if Slack would take it. view is anything that becomes a view's JSON.
func CheckView(view any) []string {
	doc, err := objectOf(view)
	if err != nil {
		return []string{err.Error()}
	}
	c := &checker{surface: "modal"}
	c.view(doc)
	return append(c.messages, c.unknown...)
}

// CheckBlocks does the same for the blocks of a message.
func CheckBlocks(blocks any) []string {
	doc, err := objectOf(map[string]any{"blocks": blocks})
	if err != nil {
		return []string{err.Error()}
	}
	c := &checker{surface: "message"}
	all := objects(doc["blocks"])
	c.blocks(all, maxBlocks)
	if n := totalText(all); n > maxBlocksTotal {
		c.bad("/blocks", "msg_blocks_too_long: %d characters", n)
	}
	return append(c.messages, c.unknown...)
}

// objectOf is what a value becomes on the wire.
func objectOf(v any) (doc Object, err error) {
	raw, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(raw, &doc)
	}
	return doc, err
}

func (s *Server) verdict(c *checker) []string {
	for _, u := range c.unknown {
		s.fault("%s", u)
	}
	return c.messages
}

// bad notes one complaint about the place at path, in Slack's form.
func (c *checker) bad(path, format string, args ...any) {
	c.messages = append(c.messages, "[ERROR] "+fmt.Sprintf(format, args...)+" [json-pointer:"+path+"]")
}

// strange notes a type that is unknown here.
func (c *checker) strange(path, what, kind string) {
	c.bad(path+"/type", "unsupported type: %s", kind)
	c.unknown = append(c.unknown, fmt.Sprintf("unknown %s type %q at %s", what, kind, path))
}

func (c *checker) view(doc Object) {
	c.only(doc, "/view", "type", "title", "submit", "close", "blocks", "private_metadata", "callback_id",
		"external_id", "clear_on_close", "notify_on_close", "submit_disabled")
	if kind := str(doc, "type"); kind != c.surface {
		c.bad("/view/type", "must be a valid enum value: %q", c.surface)
	}
	if c.surface == "modal" {
		c.text(doc, "/view", "title", "plain_text", maxTitle, true)
		c.text(doc, "/view", "submit", "plain_text", maxTitle, false)
		c.text(doc, "/view", "close", "plain_text", maxTitle, false)
	}
	c.length(doc, "/view", "private_metadata", maxPrivateMetadata)
	c.length(doc, "/view", "callback_id", maxID)
	c.length(doc, "/view", "external_id", maxID)
	list, ok := doc["blocks"].([]any)
	if !ok {
		c.bad("/view", "missing required field: blocks")
		return
	}
	blocks := objects(list)
	c.blocks(blocks, maxViewBlocks)
	hasInput := slices.ContainsFunc(blocks, func(b Object) bool { return str(b, "type") == "input" })
	if c.surface == "modal" && hasInput && doc["submit"] == nil {
		c.bad("/view", "missing required field: submit")
	}
}

func (c *checker) blocks(blocks []Object, limit int) {
	if len(blocks) > limit {
		c.bad("/blocks", "no more than %d items allowed", limit)
	}
	seen := map[string]bool{}
	for i, b := range blocks {
		path := fmt.Sprintf("/blocks/%d", i)
		c.length(b, path, "block_id", maxID)
		if id := str(b, "block_id"); id != "" {
			if seen[id] {
				c.bad(path+"/block_id", "`block_id` %q already exists", id)
			}
			seen[id] = true
		}
		c.block(b, path)
	}
}

func (c *checker) block(b Object, path string) {
	switch kind := str(b, "type"); kind {
	case "section":
		c.section(b, path)
	case "header":
		c.only(b, path, "type", "block_id", "text")
		c.text(b, path, "text", "plain_text", maxHeader, true)
	case "divider":
		c.only(b, path, "type", "block_id")
	case "context":
		c.context(b, path)
	case "actions":
		c.actions(b, path)
	case "input":
		c.input(b, path)
	case "rich_text":
		c.richText(b, path)
	default:
		c.strange(path, "block", kind)
	}
}

func (c *checker) section(b Object, path string) {
	c.only(b, path, "type", "block_id", "text", "fields", "accessory", "expand")
	c.text(b, path, "text", "", maxText, false)
	if b["text"] == nil && b["fields"] == nil {
		c.bad(path, "missing required field: text")
	}
	if b["fields"] != nil {
		for i := range c.list(b, path, "fields", 1, maxFields) {
			c.textAt(objects(b["fields"])[i], fmt.Sprintf("%s/fields/%d", path, i), "", maxFieldText)
		}
	}
	if b["accessory"] != nil {
		c.element(sub(b, "accessory"), path+"/accessory",
			"button", "overflow", "radio_buttons", "static_select", "datepicker", "checkboxes")
	}
}

func (c *checker) context(b Object, path string) {
	c.only(b, path, "type", "block_id", "elements")
	for i, e := range c.list(b, path, "elements", 1, maxContext) {
		at := fmt.Sprintf("%s/elements/%d", path, i)
		if kind := str(e, "type"); kind != "mrkdwn" && kind != "plain_text" {
			c.strange(at, "context element", kind)
			continue
		}
		c.textAt(e, at, "", maxText)
	}
}

func (c *checker) actions(b Object, path string) {
	c.only(b, path, "type", "block_id", "elements")
	seen := map[string]bool{}
	for i, e := range c.list(b, path, "elements", 1, maxActions) {
		at := fmt.Sprintf("%s/elements/%d", path, i)
		c.element(e, at, "button", "overflow", "radio_buttons", "static_select", "datepicker", "checkboxes")
		if id := str(e, "action_id"); id != "" {
			if seen[id] {
				c.bad(at+"/action_id", "`action_id` %q already exists", id)
			}
			seen[id] = true
		}
	}
}

func (c *checker) input(b Object, path string) {
	c.only(b, path, "type", "block_id", "label", "element", "hint", "optional", "dispatch_action")
	c.text(b, path, "label", "plain_text", maxLabel, true)
	c.text(b, path, "hint", "plain_text", maxLabel, false)
	if b["element"] == nil {
		c.bad(path, "missing required field: element")
		return
	}
	c.element(sub(b, "element"), path+"/element",
		"plain_text_input", "static_select", "multi_static_select", "radio_buttons", "checkboxes", "datepicker")
}

// only complains of fields that don't belong to an object.
func (c *checker) only(o Object, path string, fields ...string) {
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if !slices.Contains(fields, name) {
			c.bad(path, "invalid additional property: %s", name)
		}
	}
}

// length complains of a string that is too long or no string.
func (c *checker) length(o Object, path, name string, limit int) {
	v, ok := o[name]
	if !ok || v == nil {
		return
	}
	text, isText := v.(string)
	switch {
	case !isText:
		c.bad(path+"/"+name, "must provide a string")
	case utf8.RuneCountInString(text) > limit:
		c.bad(path+"/"+name, "must be less than %d characters", limit+1)
	}
}

// text checks a text object in a field. kind is plain_text or "" for either.
func (c *checker) text(o Object, path, name, kind string, limit int, required bool) {
	v, ok := o[name]
	if !ok || v == nil {
		if required {
			c.bad(path, "missing required field: %s", name)
		}
		return
	}
	t, isObject := v.(Object)
	if !isObject {
		c.bad(path+"/"+name, "must provide an object")
		return
	}
	c.textAt(t, path+"/"+name, kind, limit)
}

// textAt checks one text object.
func (c *checker) textAt(t Object, path, kind string, limit int) {
	is := str(t, "type")
	switch {
	case is == "plain_text":
		c.only(t, path, "type", "text", "emoji")
	case is == "mrkdwn" && kind == "":
		c.only(t, path, "type", "text", "verbatim")
	default:
		c.bad(path+"/type", "unsupported type: %s", is)
	}
	if str(t, "text") == "" {
		c.bad(path+"/text", "must be more than 0 characters")
	}
	c.length(t, path, "text", limit)
}

// list checks the number of entries of a list and returns them.
func (c *checker) list(o Object, path, name string, least, most int) []Object {
	raw, ok := o[name].([]any)
	switch {
	case !ok:
		c.bad(path, "missing required field: %s", name)
	case len(raw) < least:
		c.bad(path+"/"+name, "must provide at least %d items", least)
	case len(raw) > most:
		c.bad(path+"/"+name, "no more than %d items allowed", most)
	}
	return objects(o[name])
}

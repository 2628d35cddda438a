package slackfake

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// placed is an element together with the block that it stands in.
type placed struct {
	element Object
	block   Object
	order   int // position of the block, for messages about it
}

// placedElements lists the elements that a person can use, top to bottom.
func placedElements(blocks []Object) []placed {
	var out []placed
	for i, b := range blocks {
		switch str(b, "type") {
		case "section":
			if e := sub(b, "accessory"); e != nil {
				out = append(out, placed{e, b, i})
			}
		case "input":
			out = append(out, placed{sub(b, "element"), b, i})
		case "actions":
			for _, e := range objects(b["elements"]) {
				out = append(out, placed{e, b, i})
			}
		}
	}
	return out
}

// fillIDs gives blocks and elements that came without an id one, as Slack
// does. The lock is held.
func (s *Server) fillIDs(blocks []Object) {
	for _, b := range blocks {
		if str(b, "block_id") == "" {
			b["block_id"] = s.newID("b")
		}
	}
	for _, p := range placedElements(blocks) {
		if str(p.element, "action_id") == "" {
			p.element["action_id"] = s.newID("a")
		}
	}
}

// initialState is what the elements hold before the user touches them. Buttons
// and overflow menus hold nothing.
func initialState(blocks []Object) State {
	state := State{}
	for _, p := range placedElements(blocks) {
		kind := str(p.element, "type")
		v := Object{"type": kind}
		switch kind {
		case "plain_text_input":
			v["value"] = p.element["initial_value"]
		case "radio_buttons", "static_select":
			v["selected_option"] = p.element["initial_option"]
		case "checkboxes", "multi_static_select":
			v["selected_options"] = objects(p.element["initial_options"])
		case "datepicker":
			v["selected_date"] = p.element["initial_date"]
		default:
			continue
		}
		state.set(str(p.block, "block_id"), str(p.element, "action_id"), v)
	}
	return state
}

func (st State) set(block, action string, v Object) {
	if st[block] == nil {
		st[block] = map[string]Object{}
	}
	st[block][action] = v
}

// clone copies the two levels of maps; the values are never changed in place.
func (st State) clone() State {
	out := State{}
	for block, actions := range st {
		for action, v := range actions {
			out.set(block, action, v)
		}
	}
	return out
}

// fillIn is the value of an element after a person has put the given text in
// or chosen it: for choices the option's value or its words, several for
// checkboxes on a line each.
func fillIn(e Object, text string) (Object, error) {
	kind := str(e, "type")
	v := Object{"type": kind}
	switch kind {
	case "plain_text_input":
		v["value"] = text
		if text == "" {
			v["value"] = nil // an empty field is sent as null
		}
	case "radio_buttons", "static_select", "overflow":
		o, err := choose(e, text)
		if err != nil {
			return nil, err
		}
		v["selected_option"] = o
	case "checkboxes", "multi_static_select":
		chosen := []Object{}
		for line := range strings.Lines(text) {
			o, err := choose(e, strings.TrimSpace(line))
			if err != nil {
				return nil, err
			}
			chosen = append(chosen, o)
		}
		v["selected_options"] = chosen
	case "datepicker":
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return nil, fmt.Errorf("slackfake: %q is no date YYYY-MM-DD", text)
		}
		v["selected_date"] = text
	default:
		return nil, fmt.Errorf("slackfake: nothing can be put into a %s", kind)
	}
	return v, nil
}

// choose finds an option by its value or its words.
func choose(e Object, text string) (Object, error) {
	options := objects(e["options"])
	i := slices.IndexFunc(options, func(o Object) bool { return str(o, "value") == text || plain(o["text"]) == text })
	if i < 0 {
		return nil, fmt.Errorf("slackfake: %q is not among the options", text)
	}
	return options[i], nil
}

// lacks says in a person's words what still keeps a form from being sent: a
// required field that is empty, a text that is too short or too long. Slack
// checks this in the client, so that the app never sees such a form.
func lacks(blocks []Object, state State) string {
	for _, p := range placedElements(blocks) {
		if str(p.block, "type") != "input" {
			continue
		}
		label := plain(p.block["label"])
		v := state[str(p.block, "block_id")][str(p.element, "action_id")]
		optional, _ := p.block["optional"].(bool)
		if isEmpty(v) {
			if !optional {
				return label + ": please fill out this field"
			}
			continue
		}
		n := utf8.RuneCountInString(str(v, "value"))
		if least, ok := p.element["min_length"].(float64); ok && n < int(least) {
			return label + ": too short"
		}
		if most, ok := p.element["max_length"].(float64); ok && n > int(most) {
			return label + ": too long"
		}
	}
	return ""
}

// isEmpty reports whether a value holds nothing.
func isEmpty(v Object) bool {
	for _, name := range []string{"value", "selected_option", "selected_date"} {
		if x := v[name]; x != nil && x != "" {
			return false
		}
	}
	chosen, _ := v["selected_options"].([]Object)
	return len(chosen) == 0
}

// locate finds an element by action id, by block id, or by the words that a
// person reads: a button's text or an input's label. Two that fit are an
// error, as nobody could say which was meant.
func locate(blocks []Object, name, block string) (placed, error) {
	var found []placed
	for _, p := range placedElements(blocks) {
		if block != "" && str(p.block, "block_id") != block {
			continue
		}
		names := []string{str(p.element, "action_id"), str(p.block, "block_id"), plain(p.element["text"]), plain(p.block["label"])}
		if slices.Contains(names, name) {
			found = append(found, p)
		}
	}
	switch len(found) {
	case 0:
		return placed{}, fmt.Errorf("slackfake: there is no %q to use", name)
	case 1:
		return found[0], nil
	}
	return placed{}, fmt.Errorf("slackfake: %q is there %d times; name its block", name, len(found))
}

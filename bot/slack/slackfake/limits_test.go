package slackfake_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
)

// call makes a call with a JSON body, to say what slack-go wouldn't.
func (w *world) call(t *testing.T, method string, body slackfake.Object) slackfake.Object {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+"/api/"+method, bytes.NewReader(raw))
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("Authorization", "Bearer xoxb-1")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var out slackfake.Object
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

func parse(t *testing.T, text string) (o slackfake.Object) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return o
}

// n is a text of n characters that take more than one byte each.
func n(count int) string { return strings.Repeat("ü", count) }

// times repeats a JSON value with commas; %d in it becomes its number.
func times(count int, value string) string {
	var all []string
	for i := range count {
		all = append(all, strings.ReplaceAll(value, "%d", fmt.Sprint(i)))
	}
	return strings.Join(all, ",")
}

func section(text string) string {
	return `{"type":"section","text":{"type":"mrkdwn","text":"` + text + `"}}`
}

func actions(elements string) string { return `{"type":"actions","elements":[` + elements + `]}` }

func button(more string) string {
	return `{"type":"button","action_id":"b","text":{"type":"plain_text","text":"x"}` + more + `}`
}

func options(kind string, count int) string {
	return `{"type":"` + kind + `","action_id":"o","options":[` + times(count, `{"text":{"type":"plain_text","text":"x"},"value":"%d"}`) + `]}`
}

func option(words, value string) string {
	return `{"type":"overflow","options":[{"text":{"type":"plain_text","text":"` + words + `"},"value":"` + value + `"}]}`
}

func dialog(title, text, yes, no string) string {
	return button(`,"confirm":{"title":{"type":"plain_text","text":"` + title + `"},"text":{"type":"mrkdwn","text":"` + text +
		`"},"confirm":{"type":"plain_text","text":"` + yes + `"},"deny":{"type":"plain_text","text":"` + no + `"}}`)
}

// Each limit twice: just within it and just beyond.
func TestBlockLimits(t *testing.T) {
	field := func(count int) string { return `{"type":"mrkdwn","text":"` + n(count) + `"}` }
	for name, c := range map[string]struct{ good, bad string }{
		"blocks of a message": {times(50, section("x")), times(51, section("x"))},
		"section text":        {section(n(3000)), section(n(3001))},
		"section fields":      {`{"type":"section","fields":[` + times(10, field(1)) + `]}`, `{"type":"section","fields":[` + times(11, field(1)) + `]}`},
		"field text":          {`{"type":"section","fields":[` + field(2000) + `]}`, `{"type":"section","fields":[` + field(2001) + `]}`},
		"header": {`{"type":"header","text":{"type":"plain_text","text":"` + n(150) + `"}}`,
			`{"type":"header","text":{"type":"plain_text","text":"` + n(151) + `"}}`},
		"context elements": {`{"type":"context","elements":[` + times(10, field(1)) + `]}`, `{"type":"context","elements":[` + times(11, field(1)) + `]}`},
		"actions": {actions(times(25, `{"type":"button","action_id":"b%d","text":{"type":"plain_text","text":"x"}}`)),
			actions(times(26, `{"type":"button","action_id":"b%d","text":{"type":"plain_text","text":"x"}}`))},
		"button text": {actions(`{"type":"button","text":{"type":"plain_text","text":"` + n(75) + `"}}`),
			actions(`{"type":"button","text":{"type":"plain_text","text":"` + n(76) + `"}}`)},
		"button value":     {actions(button(`,"value":"` + n(2000) + `"`)), actions(button(`,"value":"` + n(2001) + `"`))},
		"button url":       {actions(button(`,"url":"` + n(3000) + `"`)), actions(button(`,"url":"` + n(3001) + `"`))},
		"button style":     {actions(button(`,"style":"danger"`)), actions(button(`,"style":"default"`))},
		"button words":     {actions(button("")), actions(`{"type":"button","text":{"type":"mrkdwn","text":"x"}}`)},
		"action id":        {actions(`{"type":"button","action_id":"` + n(255) + `","text":{"type":"plain_text","text":"x"}}`), actions(`{"type":"button","action_id":"` + n(256) + `","text":{"type":"plain_text","text":"x"}}`)},
		"action id twice":  {actions(button("")) + "," + actions(button("")), actions(button("") + "," + button(""))},
		"block id":         {`{"type":"divider","block_id":"` + n(255) + `"}`, `{"type":"divider","block_id":"` + n(256) + `"}`},
		"block id twice":   {`{"type":"divider","block_id":"a"},{"type":"divider","block_id":"b"}`, `{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}`},
		"radio options":    {actions(options("radio_buttons", 10)), actions(options("radio_buttons", 11))},
		"checkboxes":       {actions(options("checkboxes", 10)), actions(options("checkboxes", 11))},
		"overflow":         {actions(options("overflow", 5)), actions(options("overflow", 6))},
		"select":           {actions(options("static_select", 100)), actions(options("static_select", 101))},
		"no options":       {actions(options("overflow", 1)), actions(options("overflow", 0))},
		"option text":      {actions(option(n(75), "v")), actions(option(n(76), "v"))},
		"option value":     {actions(option("x", n(150))), actions(option("x", n(151)))},
		"confirm title":    {actions(dialog(n(100), "x", "x", "x")), actions(dialog(n(101), "x", "x", "x"))},
		"confirm text":     {actions(dialog("x", n(300), "x", "x")), actions(dialog("x", n(301), "x", "x"))},
		"confirm button":   {actions(dialog("x", "x", n(30), "x")), actions(dialog("x", "x", n(31), "x"))},
		"deny button":      {actions(dialog("x", "x", "x", n(30))), actions(dialog("x", "x", "x", n(31)))},
		"required fields":  {section("x"), `{"type":"section"}`},
		"required text":    {section("x"), section("")},
		"required actions": {actions(button("")), `{"type":"actions"}`},
		"required context": {`{"type":"context","elements":[` + field(1) + `]}`, `{"type":"context","elements":[]}`},
		"foreign field":    {section("x"), `{"type":"divider","colour":"red"}`},
		"input in actions": {actions(button("")), actions(`{"type":"plain_text_input","action_id":"x"}`)},
		"date":             {actions(`{"type":"datepicker","initial_date":"2026-12-21"}`), actions(`{"type":"datepicker","initial_date":"21-12-2026"}`)},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			good := w.call(t, "chat.postMessage", parse(t, `{"channel":"`+general+`","text":"x","blocks":[`+c.good+`]}`))
			if good["ok"] != true {
				t.Errorf("within: %v", good)
			}
			w.noFaults(t)
			bad := w.call(t, "chat.postMessage", parse(t, `{"channel":"`+general+`","text":"x","blocks":[`+c.bad+`]}`))
			details, _ := bad["response_metadata"].(slackfake.Object)
			if bad["error"] != "invalid_blocks" || len(details) != 1 || len(w.Faults()) == 0 {
				t.Errorf("beyond: %v, faults %q", bad, w.Faults())
			}
			if len(w.Messages(general)) != 1 {
				t.Error("a refused message was posted")
			}
		})
	}
}

func TestViewLimits(t *testing.T) {
	title := func(count int) string {
		return `"title":{"type":"plain_text","text":"` + n(count) + `"},"blocks":[]`
	}
	field := `{"type":"input","block_id":"i%d","label":{"type":"plain_text","text":"x"},"element":{"type":"plain_text_input","action_id":"t"}}`
	submit := `"submit":{"type":"plain_text","text":"x"},`
	label := func(count int) string {
		return `"submit":{"type":"plain_text","text":"x"},"title":{"type":"plain_text","text":"x"},"blocks":[{"type":"input","label":{"type":"plain_text","text":"` +
			n(count) + `"},"element":{"type":"plain_text_input"}}]`
	}
	for name, c := range map[string]struct{ good, bad, want string }{
		"title":            {title(24), title(25), "invalid_arguments"},
		"submit":           {`"submit":{"type":"plain_text","text":"` + n(24) + `"},` + title(1), `"submit":{"type":"plain_text","text":"` + n(25) + `"},` + title(1), "invalid_arguments"},
		"close":            {`"close":{"type":"plain_text","text":"` + n(24) + `"},` + title(1), `"close":{"type":"plain_text","text":"` + n(25) + `"},` + title(1), "invalid_arguments"},
		"blocks":           {`"title":{"type":"plain_text","text":"x"},"blocks":[` + times(100, section("x")) + `]`, `"title":{"type":"plain_text","text":"x"},"blocks":[` + times(101, section("x")) + `]`, "invalid_arguments"},
		"metadata":         {`"private_metadata":"` + n(3000) + `",` + title(1), `"private_metadata":"` + n(3001) + `",` + title(1), "invalid_arguments"},
		"callback id":      {`"callback_id":"` + n(255) + `",` + title(1), `"callback_id":"` + n(256) + `",` + title(1), "invalid_arguments"},
		"title is needed":  {title(1), `"blocks":[]`, "invalid_arguments"},
		"blocks is needed": {title(1), `"title":{"type":"plain_text","text":"x"}`, "invalid_arguments"},
		"input and submit": {submit + `"title":{"type":"plain_text","text":"x"},"blocks":[` + times(1, field) + `]`, `"title":{"type":"plain_text","text":"x"},"blocks":[` + times(1, field) + `]`, "invalid_arguments"},
		"label":            {label(2000), label(2001), "invalid_arguments"},
		"size": {title(1), `"title":{"type":"plain_text","text":"x"},"blocks":[` + times(100, section(n(1300))) + `]`,
			"view_too_large"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			open := func(view string) slackfake.Object {
				return w.call(t, "views.open", slackfake.Object{"trigger_id": w.trigger(t, sanne), "view": parse(t, `{"type":"modal",`+view+`}`)})
			}
			if got := open(c.good); got["ok"] != true {
				t.Errorf("within: %v", got)
			}
			w.noFaults(t)
			if got := open(c.bad); got["error"] != c.want || len(w.Faults()) == 0 {
				t.Errorf("beyond: %v, faults %q", got, w.Faults())
			}
		})
	}
}

func TestUnknownTypesAreFaults(t *testing.T) {
	for _, block := range []string{
		`{"type":"image","image_url":"https://x","alt_text":"x"}`, `{"type":"markdown","text":"x"}`, `{"type":"table","rows":[]}`, `{}`,
		actions(`{"type":"users_select","action_id":"x"}`), `{"type":"context","elements":[{"type":"image","image_url":"https://x","alt_text":"x"}]}`,
		`{"type":"section","text":{"type":"mrkdwn","text":"x"},"accessory":{"type":"timepicker"}}`,
		`{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"date","timestamp":1,"format":"x"}]}]}`,
	} {
		w := newWorld(t)
		got := w.call(t, "chat.postMessage", parse(t, `{"channel":"`+general+`","text":"x","blocks":[`+block+`]}`))
		if got["error"] != "invalid_blocks" || len(w.Faults()) == 0 || !strings.Contains(w.Faults()[0], "unknown") {
			t.Errorf("%s: %v, faults %q", block, got, w.Faults())
		}
	}
}

func TestUnknownMethodIsRefusedAndAFault(t *testing.T) {
	w := newWorld(t)
	if got := w.call(t, "chat.meMessage", nil); got["error"] != "unknown_method" || len(w.Faults()) != 1 {
		t.Errorf("%v %q", got, w.Faults())
	}
}

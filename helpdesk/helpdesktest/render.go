package helpdesktest

import (
	"strings"
	"testing"

	"github.com/aanmaner/aanmaner/helpdesk"
)

func renderTests() []subtest {
	return []subtest{
		{name: "FillsInValuesAndTheTicket", run: renderFills, wants: []ability{canSnippet()}},
		{name: "TitleIsTrimmedAndInAnyCase", run: renderTitle, wants: []ability{canSnippet()}},
		{name: "FirstTitleFoundIsTaken", run: renderPreference, wants: []ability{canSnippet()}},
		{name: "NoSnippetIsNotFound", run: renderNone},
		{name: "TwoOfOneTitleAreRefused", run: renderTwo, wants: []ability{canSnippet()}},
		{name: "OtherNamesAreRefusedByName", run: renderNames, wants: []ability{canSnippet()}},
		{name: "BrokenOrEmptyIsRefused", run: renderBroken, wants: []ability{canSnippet()}},
		{name: "ValuesAreNotRunAsTemplates", run: renderValues, wants: []ability{canSnippet()}},
		{name: "HostileTitlesFindTheirOwn", run: renderHostile, wants: []ability{canSnippet()}},
	}
}

func renderFills(t *testing.T, b *Bench) {
	ticket, _, _ := b.open(t, "Started.")
	title := "Notice " + newKey()
	b.SetSnippet(t, title, "{{prompt_customer}} owes {{prompt_amount|default('nothing')}}, see {{mask}}.\n#signature\n")
	r := helpdesk.Render{Titles: []string{title}, TicketID: ticket.ID, Values: map[string]string{"customer": "Jansen & Zn <b>", "amount": "€ 12,50"}}
	got := must2(b.Desk.Render(within(t), r))(t)
	if want := "Jansen & Zn <b> owes € 12,50, see " + ticket.Mask + ".\n#signature\n"; strings.TrimRight(got.Text, "\n") != strings.TrimRight(want, "\n") {
		t.Errorf("text %q, want %q", got.Text, want)
	}
	if got.SnippetID == "" || strings.TrimSpace(got.Title) != title || !strings.Contains(got.Template, "{{prompt_customer}}") {
		t.Errorf("rendered %+v", got)
	}
	r.TicketID = ""
	preview := must2(b.Desk.Render(within(t), r))(t)
	if want := "Jansen & Zn <b> owes € 12,50, see ."; !strings.HasPrefix(preview.Text, want) {
		t.Errorf("preview %q, want %q", preview.Text, want)
	}
}

func renderTitle(t *testing.T, b *Bench) {
	key := newKey()
	b.SetSnippet(t, "  Notice "+key+" ", "hello")
	for _, title := range []string{"Notice " + key, " notice " + strings.ToUpper(key) + "  "} {
		if got := must2(b.Desk.Render(within(t), helpdesk.Render{Titles: []string{title}}))(t); strings.TrimSpace(got.Text) != "hello" {
			t.Errorf("title %q gives %q", title, got.Text)
		}
	}
	_, err := b.Desk.Render(within(t), helpdesk.Render{Titles: []string{"Notice " + key[:6]}})
	refusedAs(t, err, helpdesk.ErrNotFound) // a part of a title is no title
}

func renderPreference(t *testing.T, b *Bench) {
	key := newKey()
	b.SetSnippet(t, "Notice "+key, "general")
	r := helpdesk.Render{Titles: []string{"Notice " + key + " (de)", "Notice " + key}}
	if got := must2(b.Desk.Render(within(t), r))(t); strings.TrimSpace(got.Text) != "general" {
		t.Errorf("without a German one: %q", got.Text)
	}
	b.SetSnippet(t, "Notice "+key+" (de)", "deutsch")
	if got := must2(b.Desk.Render(within(t), r))(t); strings.TrimSpace(got.Text) != "deutsch" {
		t.Errorf("with a German one: %q", got.Text)
	}
}

func renderNone(t *testing.T, b *Bench) {
	_, err := b.Desk.Render(within(t), helpdesk.Render{Titles: []string{"Notice " + newKey(), "*", `" OR title:"*`, ""}})
	refusedAs(t, err, helpdesk.ErrNotFound)
}

func renderTwo(t *testing.T, b *Bench) {
	title := "Notice " + newKey()
	b.SetSnippet(t, title, "one")
	b.SetSnippet(t, strings.ToUpper(title)+" ", "two")
	_, err := b.Desk.Render(within(t), helpdesk.Render{Titles: []string{title}})
	refusedAs(t, err, helpdesk.ErrTemplate)
}

func renderNames(t *testing.T, b *Bench) {
	values := map[string]string{"amount": "1"}
	for template, name := range map[string]string{
		"{{prompt_amount}} {{nosuch_placeholder}}":      "nosuch_placeholder",
		"{{prompt_amonut}}":                             "prompt_amonut",
		"{% if secret %}x{% endif %}":                   "secret",
		"{{ 'x' ~ worker_password }}":                   "worker_password",
		"{{ prompt_amount|default(hidden) }}":           "hidden",
		"{% for m in messages %}{{m.text}}{% endfor %}": "messages",
	} {
		title := "Notice " + newKey()
		b.SetSnippet(t, title, template)
		_, err := b.Desk.Render(within(t), helpdesk.Render{Titles: []string{title}, Values: values})
		refusedAs(t, err, helpdesk.ErrTemplate)
		if !strings.Contains(helpdesk.Sentence(err), name) {
			t.Errorf("%s: %q does not name %s", template, helpdesk.Sentence(err), name)
		}
	}
}

func renderBroken(t *testing.T, b *Bench) {
	for _, template := range []string{"{{ oops {% ", "{{ prompt_amount", "{% if mask %}x", "{{ mask|nosuchfilter }}", "{% if id == 999999999 %}x{% endif %}", "{{ prompt_amount }}", " \n "} {
		title := "Notice " + newKey()
		b.SetSnippet(t, title, template)
		_, err := b.Desk.Render(within(t), helpdesk.Render{Titles: []string{title}, Values: map[string]string{"amount": ""}})
		refusedAs(t, err, helpdesk.ErrTemplate)
	}
}

func renderValues(t *testing.T, b *Bench) {
	title := "Notice " + newKey()
	b.SetSnippet(t, title, "[{{prompt_name}}]")
	for _, value := range []string{"{{mask}}", "{% if 1 %}", "a&b=c;d+e%20f", "é€😀", `"'\`, "<i>", "[]", "prompts[x]"} {
		got := must2(b.Desk.Render(within(t), helpdesk.Render{Titles: []string{title}, Values: map[string]string{"name": value}}))(t)
		if strings.TrimSpace(got.Text) != "["+value+"]" {
			t.Errorf("value %q gives %q", value, got.Text)
		}
	}
}

func renderHostile(t *testing.T, b *Bench) {
	key := newKey()
	titles := []string{`Notice "` + key + `"`, "Notice: " + key + " OR x", "Notice (" + key + ")", "Notice * " + key, "Notice % " + key, `Notice \ ` + key, "Notice ' " + key}
	for _, title := range titles {
		b.SetSnippet(t, title, "this is "+title)
	}
	for _, title := range titles {
		got := must2(b.Desk.Render(within(t), helpdesk.Render{Titles: []string{title}}))(t)
		if strings.TrimSpace(got.Text) != "this is "+title {
			t.Errorf("title %q gives %q", title, got.Text)
		}
	}
}

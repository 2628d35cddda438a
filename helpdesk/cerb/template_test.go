package cerb

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/aanmaner/aanmaner/helpdesk"
	"github.com/aanmaner/aanmaner/helpdesk/cerb/cerbfake"
)

// TestNamesOfATemplate: the names that somebody has to fill in, and no others.
func TestNamesOfATemplate(t *testing.T) {
	for template, want := range map[string]string{
		"": "", "plain {text} {": "", "{{a}} {{ b }} {{a}}": "a b", "{{- a -}}{{~b~}}": "a b",
		"{{a|default('x')|upper}}": "a", "{{a|default(b)}}": "a b", "{{a.b.c}}": "a", "{{a['k']}} {{a[b]}}": "a b",
		"{% if a and not b or c == 'd' %}{{e}}{% elseif f > 3 %}{% else %}{{g}}{% endif %}": "a b c e f g",
		"{% for x in xs %}{{x}} {{loop.index}} {{y}}{% endfor %}":                           "xs y",
		"{% set a = b %}{{a}} {{c}}":                                                        "b c",
		"{% set a %}{{b}}{% endset %}{{a}}":                                                 "b",
		"{{ 'a' ~ b ~ \"#{c}d\" }}":                                                         "b c",
		"{{ {a: b, 'c': d} }} {{ [e, 1.5, true] }}":                                         "b d e",
		"{{ a is defined and b is not empty and c is same as(d) }}":                         "a b c d",
		"{{ max(a, 1) }} {{ date(b)|date('d-m-Y', timezone=c) }}":                           "a b c",
		"{# {{no}} #}{% verbatim %}{{no}} {% no %}{% endverbatim %}{{a}}":                   "a",
		"{{ a ? b : c }} {{ d ?? e }}":                                                      "a b c d e",
		"{% filter upper %}{{a}}{% endfilter %}{% apply lower %}{{b}}{% endapply %}":        "a b",
		"{{ '}}' }}{{a}}": "a",
	} {
		names, err := templateNames(template)
		slices.Sort(names)
		if err != nil || strings.Join(names, " ") != want {
			t.Errorf("%s names %v, %v, want %s", template, names, err, want)
		}
	}
}

func TestTemplatesThatReachFurtherAreRefused(t *testing.T) {
	for _, template := range []string{
		"{{ a", "{% if a", "{# a", "{{ 'a }}", "{{ (a }}", "{{ a) }}", "{% verbatim %}x", "{% for a %}{% endfor %}",
		"{% include 'x' %}", "{% import 'x' %}", "{% extends 'x' %}", "{% %}", "{{ include('x') }}", "{{ source('x') }}", "{{ cerb_file_url(1) }}", "{{ dict_set(a,'b',1) }}",
		"{% do a %}", "{% macro a() %}{% endmacro %}", "{{ \"#{secret(\" }}",
	} {
		if names, err := templateNames(template); err == nil {
			t.Errorf("%s is taken, with %v", template, names)
		}
	}
}

func TestOnlyOurValuesAndTheTicketsPlaceholdersAreAllowed(t *testing.T) {
	values := map[string]string{"amount": "1"}
	for template, offender := range map[string]string{
		"{{prompt_amount}} {{amount}} {{mask}} {{extra}}": "", "{{prompt_amonut}}": "prompt_amonut", "{{worker_api_key}}": "worker_api_key", "{{prompt_}}": "prompt_",
	} {
		err := checkTemplate(template, values, []string{"extra"})
		if (err == nil) != (offender == "") || err != nil && !strings.Contains(err.Error(), "{{"+offender+"}}") {
			t.Errorf("%s: %v", template, err)
		}
	}
	if all := TicketPlaceholders(); !slices.Contains(all, "mask") || slices.Contains(all, "prompt_amount") {
		t.Errorf("placeholders %v", all)
	}
}

func FuzzTemplateNames(f *testing.F) {
	for _, template := range []string{"{{a|b(c)}}", "{%-", "{{\"#{", "{% verbatim %}{%", "{{a=>b}}", "{% for a in", "{{'\\"} {
		f.Add(template)
	}
	f.Fuzz(func(t *testing.T, template string) {
		if names, err := templateNames(template); err == nil && !strings.Contains(template, "{") && len(names) > 0 {
			t.Errorf("%q names %v", template, names)
		}
	})
}

// TestSnippetOfTheWrongTypeIsRefused: Cerb can't render one made for "ticket", which is what its API takes without a word.
func TestSnippetOfTheWrongTypeIsRefused(t *testing.T) {
	d := newDouble(t, cerbfake.Options{})
	c := d.client(t, nil)
	ticket, _ := opened(d, t, c, "am-1")
	for recordType, says := range map[string]string{"ticket": "choose Ticket", "cerberusweb.contexts.org": "not for tickets"} {
		d.AddSnippet("Notice "+recordType, "hello", recordType)
		_, err := c.Render(t.Context(), helpdesk.Render{Titles: []string{"Notice " + recordType}, TicketID: ticket.ID})
		if !errors.Is(err, helpdesk.ErrTemplate) || !strings.Contains(sentence(err), says) {
			t.Errorf("%s: %v", recordType, err)
		}
	}
	d.AddSnippet("Plain", "hello {{prompt_name}}", "")
	got, err := c.Render(t.Context(), helpdesk.Render{Titles: []string{"Plain"}, TicketID: ticket.ID, Values: map[string]string{"name": "Jan"}})
	if err != nil || got.Text != "hello Jan" {
		t.Errorf("plain: %+v, %v", got, err)
	}
}

// TestRawTemplateIsNeverSent: without prompts and ticket Cerb gives a snippet back as it is written.
func TestRawTemplateIsNeverSent(t *testing.T) {
	d := newDouble(t, cerbfake.Options{})
	c := d.client(t, nil)
	d.AddSnippet("Notice", "hello {{mask}}.", ticketContext)
	got, err := c.Render(t.Context(), helpdesk.Render{Titles: []string{"Notice"}})
	if err != nil || got.Text != "hello ." || got.Template != "hello {{mask}}." {
		t.Errorf("rendered %+v, %v", got, err)
	}
	if _, err := c.Render(t.Context(), helpdesk.Render{Titles: []string{"Notice"}, Values: map[string]string{"a]&x[": "1"}}); !errors.Is(err, helpdesk.ErrRefused) {
		t.Errorf("an odd name: %v", err)
	}
}

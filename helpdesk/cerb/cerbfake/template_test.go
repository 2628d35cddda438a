package cerbfake

import "testing"

func TestTemplatesAreFilledIn(t *testing.T) {
	values := map[string]string{"a": "x", "zero": "0", "b": " y<é "}
	for in, want := range map[string]string{
		"{{a}} {{ a }} {{-a-}}": "x x x", "{{nosuch}}.": ".", "{{nosuch|default('n')}}": "n", "{{a|default('n')}}": "x", `{{ nosuch | default("d") }}`: "d",
		"{{a|upper}}{{b|trim}}{{a|capitalize}}{{a|raw}}": "Xy<éXx", "{{'lit'}}": "lit", "{# note #}x": "x", "{ {a} }": "{ {a} }",
		"{% if a %}yes{% else %}no{% endif %}": "yes", "{% if zero %}yes{% else %}no{% endif %}": "no", "{% if not a %}no{% endif %}|": "|",
		"a\n{% if a == 'x' %}\nyes\n{% endif %}\nb": "a\nyes\nb", "{% if a == 'y' %}1{% elseif a == 'x' %}2{% else %}3{% endif %}": "2",
	} {
		if got, ok := renderTemplate(in, values); !ok || got != want {
			t.Errorf("%q becomes %q (%t), want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"{{ oops {% ", "{{ a", "{% if a %}x", "{{ a|nosuchfilter }}", "x {{ }}", "{% endif %}", "{% for x in y %}{% endfor %}", "{# x"} {
		if got, ok := renderTemplate(in, values); ok {
			t.Errorf("%q becomes %q, want a fault", in, got)
		}
	}
}

func FuzzTemplatesAreRead(f *testing.F) {
	for _, in := range []string{"{% if a %}{% elseif b %}{% else %}{% endif %}", "{{a|default('}}')}}", "{#", "{%-if", "{{'"} {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) { renderTemplate(in, map[string]string{"a": "{{b}}"}) })
}

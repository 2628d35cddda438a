package cerbfake

import (
	"regexp"
	"strings"
	"unicode"
)

// renderTemplate fills in a snippet or signature: {{name}}, {{name|default('x')}}, {% if name %} … {% else %} …
// {% endif %}, {# … #}. An unknown name is blank. false: the template does not parse, or uses something of Twig that this
// renderer doesn't know.
func renderTemplate(text string, values map[string]string) (string, bool) {
	r := &renderer{rest: text, values: values}
	out, tag, ok := r.until(true)
	if !ok || tag != "" {
		return "", false
	}
	return out, true
}

// renderer reads a template from front to back.
type renderer struct {
	rest   string
	values map[string]string
}

var opening = regexp.MustCompile(`\{[{%#]`)

// until renders up to a tag that isn't "if", which it gives back, or to the end. show false reads without rendering.
func (r *renderer) until(show bool) (out, tag string, ok bool) {
	var b strings.Builder
	for {
		at := opening.FindStringIndex(r.rest)
		if at == nil {
			b.WriteString(r.rest)
			r.rest = ""
			return b.String(), "", true
		}
		b.WriteString(r.rest[:at[0]])
		kind := r.rest[at[0]:at[1]]
		inside, ok := r.cut(at[1], map[string]string{"{{": "}}", "{%": "%}", "{#": "#}"}[kind])
		if !ok {
			return "", "", false
		}
		switch kind {
		case "{{":
			text, ok := r.expression(inside)
			if !ok {
				return "", "", false
			}
			b.WriteString(text)
		case "{%":
			r.rest = strings.TrimPrefix(r.rest, "\n") // Twig eats the line break after a tag
			condition, isIf := strings.CutPrefix(inside, "if ")
			if !isIf {
				return b.String(), inside, true
			}
			text, ok := r.choice(condition, show)
			if !ok {
				return "", "", false
			}
			b.WriteString(text)
		}
	}
}

// cut takes what stands before a closing mark.
func (r *renderer) cut(from int, closing string) (string, bool) {
	end := strings.Index(r.rest[from:], closing)
	if end < 0 {
		return "", false
	}
	inside := strings.Trim(r.rest[from:from+end], "-")
	r.rest = r.rest[from+end+len(closing):]
	return strings.TrimSpace(inside), true
}

// choice renders an if up to its endif.
func (r *renderer) choice(condition string, show bool) (string, bool) {
	taken := ""
	done := false
	for {
		holds, ok := r.condition(condition)
		if !ok {
			return "", false
		}
		text, tag, ok := r.until(show && holds && !done)
		if !ok {
			return "", false
		}
		if holds && !done {
			taken, done = text, true
		}
		next, isElseif := strings.CutPrefix(tag, "elseif ")
		switch {
		case tag == "endif":
			return taken, true
		case tag == "else":
			condition = "true"
		case isElseif:
			condition = next
		default:
			return "", false
		}
	}
}

var comparison = regexp.MustCompile(`^(\w+)\s*(==|!=)\s*(?:'([^']*)'|"([^"]*)"|(\d+))$`)

// condition is a name, "not" name, or a name compared with a text.
func (r *renderer) condition(text string) (holds, ok bool) {
	text = strings.TrimSpace(text)
	if text == "true" {
		return true, true
	}
	if m := comparison.FindStringSubmatch(text); m != nil {
		return (r.values[m[1]] == m[3]+m[4]+m[5]) == (m[2] == "=="), true
	}
	name, negated := strings.CutPrefix(text, "not ")
	name = strings.TrimSpace(name)
	if !isName(name) {
		return false, false
	}
	v := r.values[name]
	return (v != "" && v != "0") != negated, true
}

// expression is a name or a text in quotes, with filters behind it.
func (r *renderer) expression(text string) (string, bool) {
	parts := splitPipes(text)
	v, ok := r.operand(parts[0])
	for _, f := range parts[1:] {
		if !ok {
			break
		}
		v, ok = applyFilter(strings.TrimSpace(f), v)
	}
	return v, ok
}

func (r *renderer) operand(text string) (string, bool) {
	text = strings.TrimSpace(text)
	if s, ok := unquote(text); ok {
		return s, true
	}
	return r.values[text], isName(text)
}

// applyFilter runs one of the filters that notices use.
func applyFilter(f, v string) (string, bool) {
	name, rest, hasArgs := strings.Cut(f, "(")
	arg, quoted := unquote(strings.TrimSpace(strings.TrimSuffix(rest, ")")))
	switch strings.TrimSpace(name) {
	case "default":
		if v == "" {
			v = arg
		}
		return v, hasArgs && quoted
	case "upper":
		return strings.ToUpper(v), true
	case "lower":
		return strings.ToLower(v), true
	case "trim":
		return strings.TrimSpace(v), true
	case "capitalize":
		runes := []rune(strings.ToLower(v))
		if len(runes) > 0 {
			runes[0] = unicode.ToUpper(runes[0])
		}
		return string(runes), true
	case "raw":
		return v, true
	}
	return "", false
}

// splitPipes splits at | outside quotes.
func splitPipes(text string) []string {
	var parts []string
	quote := rune(0)
	start := 0
	for i, c := range text {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '|':
			parts = append(parts, text[start:i])
			start = i + 1
		}
	}
	return append(parts, text[start:])
}

// unquote takes the quotes off a text; false: it has none.
func unquote(text string) (string, bool) {
	if len(text) < 2 || text[0] != '\'' && text[0] != '"' || text[len(text)-1] != text[0] {
		return "", false
	}
	return text[1 : len(text)-1], true
}

var identifier = regexp.MustCompile(`^[A-Za-z_]\w*$`)

func isName(text string) bool { return identifier.MatchString(text) }

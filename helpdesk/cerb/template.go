package cerb

import (
	"fmt"
	"slices"
	"strings"
)

// TicketPlaceholders lists the ticket's own placeholders that a snippet may use, Config.AllowedPlaceholders besides. Cerb
// fills them in by itself; one that it does not know comes out as nothing, without an error, which is why any other name
// is refused.
func TicketPlaceholders() []string {
	return []string{
		"id", "mask", "subject", "url", "record_url", "status", "created", "updated", "num_messages",
		"bucket_name", "group_name", "org_name", "org_id",
		"owner_id", "owner_first_name", "owner_last_name", "owner_full_name", "owner_title", "owner_address_address", "owner_address_email",
		"initial_message_sender_first_name", "initial_message_sender_last_name", "initial_message_sender_full_name",
		"initial_message_sender_address", "initial_message_sender_email",
		"initial_message_sender_contact_first_name", "initial_message_sender_contact_last_name", "initial_message_sender_contact_name",
		"initial_message_sender_org_name",
		"latest_message_sender_first_name", "latest_message_sender_last_name",
		"latest_message_sender_contact_first_name", "latest_message_sender_contact_last_name", "latest_message_sender_contact_name",
	}
}

// promptPrefix begins the names of the values that we fill in: {{prompt_amount}}.
const promptPrefix = "prompt_"

// checkTemplate refuses a template that names anything but our values and the ticket's placeholders. It gives the first
// offending name.
func checkTemplate(template string, values map[string]string, allowed []string) error {
	names, err := templateNames(template)
	if err != nil {
		return err
	}
	ours := TicketPlaceholders()
	for _, name := range names {
		if _, ok := values[strings.TrimPrefix(name, promptPrefix)]; ok {
			continue
		}
		if !slices.Contains(ours, name) && !slices.Contains(allowed, name) {
			return fmt.Errorf("it uses {{%s}}, which is neither one of the notice's values nor an allowed placeholder of the ticket", name)
		}
	}
	return nil
}

// templateNames lists the free names of a Twig-like template, in the order in which they first occur: the variables that
// somebody has to fill in. Names that the template itself sets (set, for, arrow functions) are not free; neither are
// filters, tests, attributes, hash keys and named arguments. Tags and functions that reach beyond the template are errors.
func templateNames(template string) ([]string, error) {
	p := &templateParser{src: template, local: map[string]bool{"loop": true}}
	for p.at < len(p.src) {
		if err := p.next(); err != nil {
			return nil, err
		}
	}
	return p.names, nil
}

// templateParser walks a template. It knows as much of Twig as it takes to tell names from everything else.
type templateParser struct {
	src   string
	at    int
	names []string
	local map[string]bool
}

// next moves past the next tag, or to the end.
func (p *templateParser) next() error {
	rest := p.src[p.at:]
	open := strings.IndexByte(rest, '{')
	for open >= 0 && (open+1 >= len(rest) || !strings.ContainsRune("{%#", rune(rest[open+1]))) {
		more := strings.IndexByte(rest[open+1:], '{')
		if more < 0 {
			open = -1
			break
		}
		open += 1 + more
	}
	if open < 0 {
		p.at = len(p.src)
		return nil
	}
	p.at += open + 2
	switch rest[open+1] {
	case '#':
		return p.comment()
	case '{':
		return p.output()
	}
	return p.tag()
}

func (p *templateParser) comment() error {
	end := strings.Index(p.src[p.at:], "#}")
	if end < 0 {
		return fmt.Errorf("a comment {# is not closed")
	}
	p.at += end + 2
	return nil
}

func (p *templateParser) output() error {
	tokens, err := p.lex("}}")
	if err != nil {
		return err
	}
	return p.expression(tokens)
}

// blockTag reports whether a tag does nothing but steer the text of the template itself.
func blockTag(name string) bool {
	switch name {
	case "if", "elseif", "else", "endif", "for", "endfor", "set", "endset", "filter", "endfilter", "apply", "endapply",
		"spaceless", "endspaceless", "verbatim", "autoescape", "endautoescape":
		return true
	}
	return false
}

func (p *templateParser) tag() error {
	tokens, err := p.lex("%}")
	if err != nil {
		return err
	}
	if len(tokens) == 0 || tokens[0].kind != nameToken || !blockTag(tokens[0].text) {
		return fmt.Errorf("it has a tag {%% %s %%} that a notice must not use", tagName(tokens))
	}
	rest := tokens[1:]
	switch tokens[0].text {
	case "verbatim":
		return p.verbatim()
	case "for":
		return p.loop(rest)
	case "set":
		return p.set(rest)
	case "filter", "apply":
		return p.expression(append([]token{{kind: markToken, text: "|"}}, rest...))
	case "autoescape":
		return nil
	}
	return p.expression(rest)
}

func tagName(tokens []token) string {
	if len(tokens) == 0 {
		return ""
	}
	return tokens[0].text
}

func (p *templateParser) verbatim() error {
	rest := p.src[p.at:]
	for from := 0; ; {
		open := strings.Index(rest[from:], "{%")
		if open < 0 {
			return fmt.Errorf("verbatim is not closed")
		}
		from += open + 2
		inner := strings.TrimLeft(rest[from:], "-~ \t\r\n")
		if strings.HasPrefix(inner, "endverbatim") {
			end := strings.Index(rest[from:], "%}")
			if end < 0 {
				return fmt.Errorf("verbatim is not closed")
			}
			p.at += from + end + 2
			return nil
		}
	}
}

// loop reads "k, v in list": the names before in belong to the template.
func (p *templateParser) loop(tokens []token) error {
	in := slices.IndexFunc(tokens, func(t token) bool { return t.kind == nameToken && t.text == "in" })
	if in < 0 {
		return fmt.Errorf("a for has no in")
	}
	if err := p.expression(tokens[in+1:]); err != nil {
		return err
	}
	p.own(tokens[:in])
	return nil
}

// set reads "a, b = x, y", or "a" that a block follows.
func (p *templateParser) set(tokens []token) error {
	eq := slices.IndexFunc(tokens, func(t token) bool { return t.kind == markToken && t.text == "=" })
	if eq < 0 {
		p.own(tokens)
		return nil
	}
	if err := p.expression(tokens[eq+1:]); err != nil {
		return err
	}
	p.own(tokens[:eq])
	return nil
}

func (p *templateParser) own(tokens []token) {
	for _, t := range tokens {
		if t.kind == nameToken {
			p.local[t.text] = true
		}
	}
}

func (p *templateParser) free(name string) {
	if !p.local[name] && !slices.Contains(p.names, name) {
		p.names = append(p.names, name)
	}
}

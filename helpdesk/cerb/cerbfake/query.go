package cerbfake

import (
	"strings"
	"unicode"
)

// A query is Cerb's search language: filters side by side (all must hold), OR between them, brackets, a value quoted,
// bare, listed in [ ], or a query on other records in ( ), and ! before a value for "not".

// node is one part of a query.
type node struct {
	op    string // "and", "or" or "filter"
	kids  []node
	field string // of a filter; empty: words without one
	not   bool
	value value
}

// value is what a filter looks for.
type value struct {
	quoted bool
	list   []string // [a, b]: any of them
	isList bool
	group  *node // (…): a query on the records that the field leads to
	text   string
}

// parser reads a query.
type parser struct {
	rest string
	sort string // the sort:… that was met
}

// parseQuery reads a query and the order it asks for: "id", "-updated", or "".
func parseQuery(q string) (node, string) {
	p := &parser{rest: q}
	n := p.alternatives()
	return n, p.sort
}

// alternatives reads up to the end or a closing bracket.
func (p *parser) alternatives() node {
	or := node{op: "or"}
	and := node{op: "and"}
	for {
		p.rest = strings.TrimLeftFunc(p.rest, unicode.IsSpace)
		if p.rest == "" || strings.HasPrefix(p.rest, ")") {
			p.rest = strings.TrimPrefix(p.rest, ")")
			or.kids = append(or.kids, and)
			return or
		}
		switch {
		case p.word("OR"):
			or.kids = append(or.kids, and)
			and = node{op: "and"}
		case p.word("AND"):
		case strings.HasPrefix(p.rest, "("):
			p.rest = p.rest[1:]
			and.kids = append(and.kids, p.alternatives())
		default:
			if n, ok := p.filter(); ok {
				and.kids = append(and.kids, n)
			}
		}
	}
}

// word takes a keyword that stands alone.
func (p *parser) word(w string) bool {
	after, ok := strings.CutPrefix(p.rest, w)
	if !ok || after != "" && !unicode.IsSpace(rune(after[0])) {
		return false
	}
	p.rest = after
	return true
}

// filter reads field:value, or a word or quoted text without a field. sort:… is no filter.
func (p *parser) filter() (node, bool) {
	n := node{op: "filter"}
	if end := strings.IndexFunc(p.rest, func(r rune) bool { return !fieldRune(r) }); end > 0 && p.rest[end] == ':' {
		n.field, p.rest = p.rest[:end], p.rest[end+1:]
	}
	if after, ok := strings.CutPrefix(p.rest, "!"); ok {
		n.not, p.rest = true, after
	}
	n.value = p.value()
	if n.field == "sort" {
		p.sort = n.value.text
		return node{}, false
	}
	return n, true
}

func fieldRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' || r == '_'
}

// value reads what stands after a field's colon.
func (p *parser) value() value {
	switch {
	case strings.HasPrefix(p.rest, `"`):
		p.rest = p.rest[1:]
		return value{quoted: true, text: p.quoted()}
	case strings.HasPrefix(p.rest, "("):
		p.rest = p.rest[1:]
		n := p.alternatives()
		return value{group: &n}
	case strings.HasPrefix(p.rest, "["):
		return p.list()
	}
	end := strings.IndexFunc(p.rest, func(r rune) bool { return unicode.IsSpace(r) || r == ')' })
	if end < 0 {
		end = len(p.rest)
	}
	v := value{text: p.rest[:end]}
	p.rest = p.rest[end:]
	if v.text == "" && p.rest != "" && p.rest[0] != ')' {
		p.rest = p.rest[1:]
	}
	return v
}

// quoted reads up to the closing quote; \" is a quote in the text. Without a closing quote the rest is the text.
func (p *parser) quoted() string {
	var b strings.Builder
	for i := 0; i < len(p.rest); i++ {
		switch {
		case p.rest[i] == '\\' && i+1 < len(p.rest):
			i++
			b.WriteByte(p.rest[i])
		case p.rest[i] == '"':
			p.rest = p.rest[i+1:]
			return b.String()
		default:
			b.WriteByte(p.rest[i])
		}
	}
	p.rest = ""
	return b.String()
}

// list reads [a, "b c"].
func (p *parser) list() value {
	p.rest = p.rest[1:]
	v := value{isList: true}
	for {
		p.rest = strings.TrimLeft(p.rest, " ,\t\r\n")
		if p.rest == "" || p.rest[0] == ']' {
			p.rest = strings.TrimPrefix(p.rest, "]")
			return v
		}
		if after, ok := strings.CutPrefix(p.rest, `"`); ok {
			p.rest = after
			v.list = append(v.list, p.quoted())
			continue
		}
		end := strings.IndexAny(p.rest, ",] \t\r\n")
		if end < 0 {
			end = len(p.rest)
		}
		v.list = append(v.list, p.rest[:end])
		p.rest = p.rest[end:]
	}
}

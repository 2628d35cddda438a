package cerb

import (
	"fmt"
	"strings"
)

type tokenKind int

const (
	nameToken tokenKind = iota
	markToken           // operators and brackets
	textToken           // a literal: a string or a number
)

type token struct {
	kind tokenKind
	text string
}

// lex reads tokens up to the closing mark and moves past it. A closing mark inside a string or a hash does not count.
func (p *templateParser) lex(closing string) ([]token, error) {
	var tokens []token
	depth := 0
	for p.at < len(p.src) {
		rest := p.src[p.at:]
		if depth == 0 {
			if trimmed := strings.TrimLeft(rest[:min(1, len(rest))], "-~") + rest[1:]; strings.HasPrefix(trimmed, closing) && !strings.HasPrefix(rest, closing) {
				p.at += 1 + len(closing)
				return tokens, nil
			}
			if strings.HasPrefix(rest, closing) {
				p.at += len(closing)
				return tokens, nil
			}
		}
		c := rest[0]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			p.at++
		case c == '"' || c == '\'':
			more, err := p.quoted(c)
			if err != nil {
				return nil, err
			}
			tokens = append(tokens, more...)
		case nameByte(c, false):
			n := 1
			for n < len(rest) && nameByte(rest[n], true) {
				n++
			}
			tokens = append(tokens, token{nameToken, rest[:n]})
			p.at += n
		case c >= '0' && c <= '9':
			n := 1
			for n < len(rest) && (rest[n] >= '0' && rest[n] <= '9' || rest[n] == '.' && n+1 < len(rest) && rest[n+1] >= '0' && rest[n+1] <= '9') {
				n++
			}
			tokens = append(tokens, token{textToken, rest[:n]})
			p.at += n
		default:
			depth += depthOf(c)
			mark := rest[:1]
			if strings.HasPrefix(rest, "=>") || strings.HasPrefix(rest, "==") || strings.HasPrefix(rest, "..") || strings.HasPrefix(rest, "??") {
				mark = rest[:2]
			}
			tokens = append(tokens, token{markToken, mark})
			p.at += len(mark)
		}
	}
	return nil, fmt.Errorf("a tag is not closed with %s", closing)
}

func depthOf(c byte) int {
	switch c {
	case '(', '[', '{':
		return 1
	case ')', ']', '}':
		return -1
	}
	return 0
}

func nameByte(c byte, later bool) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80 || later && c >= '0' && c <= '9'
}

// quoted reads a string. A double-quoted one may hold #{expressions}, whose names count too.
func (p *templateParser) quoted(quote byte) ([]token, error) {
	p.at++
	start := p.at
	tokens := []token{{kind: textToken}}
	for p.at < len(p.src) {
		switch c := p.src[p.at]; {
		case c == '\\':
			p.at += 2
		case c == quote:
			tokens[0].text = p.src[start:p.at]
			p.at++
			return tokens, nil
		case quote == '"' && strings.HasPrefix(p.src[p.at:], "#{"):
			p.at += 2
			inner, err := p.lex("}")
			if err != nil {
				return nil, err
			}
			if err := p.expression(inner); err != nil {
				return nil, err
			}
		default:
			p.at++
		}
	}
	return nil, fmt.Errorf("a string is not closed")
}

// word reports whether a name is part of Twig's expressions.
func word(name string) bool {
	switch name {
	case "and", "or", "not", "xor", "in", "is", "if", "else", "matches", "starts", "ends", "with", "has", "some", "every",
		"true", "false", "null", "none", "TRUE", "FALSE", "NULL", "NONE", "True", "False", "Null", "None", "b-and", "b-or", "b-xor":
		return true
	}
	return false
}

// callable reports whether a notice may call a function: those see nothing but what they are given.
func callable(name string) bool {
	switch name {
	case "range", "max", "min", "date", "cycle":
		return true
	}
	return false
}

// expression finds the free names in an expression.
func (p *templateParser) expression(tokens []token) error {
	var brackets []string
	for i, t := range tokens {
		if t.kind == markToken {
			switch t.text {
			case "(", "[", "{":
				brackets = append(brackets, t.text)
			case ")", "]", "}":
				if len(brackets) == 0 {
					return fmt.Errorf("a bracket %s has no opening one", t.text)
				}
				brackets = brackets[:len(brackets)-1]
			}
			continue
		}
		if t.kind != nameToken || p.notVariable(tokens, i, brackets) {
			continue
		}
		if mark(tokens, i+1) == "(" {
			if !callable(t.text) {
				return fmt.Errorf("it calls %s(), which a notice must not", t.text)
			}
			continue
		}
		p.free(t.text)
	}
	if len(brackets) > 0 {
		return fmt.Errorf("a bracket %s is not closed", brackets[len(brackets)-1])
	}
	return nil
}

// notVariable reports whether the name at i is part of the syntax: a word of Twig, a filter, a test, an attribute, a
// hash's key, a named argument, or an arrow function's own name.
func (p *templateParser) notVariable(tokens []token, i int, brackets []string) bool {
	before, after := mark(tokens, i-1), mark(tokens, i+1)
	inner := ""
	if len(brackets) > 0 {
		inner = brackets[len(brackets)-1]
	}
	switch {
	case before == "|", before == ".":
		return true
	case isTest(tokens, i):
		return true
	case after == "=>":
		p.local[tokens[i].text] = true
		return true
	case inner == "{" && after == ":" && (before == "{" || before == ","):
		return true
	case inner == "(" && after == "=" && (before == "(" || before == ","):
		return true
	}
	return word(tokens[i].text)
}

// isTest reports whether the name at i comes after "is" or "is not", or is the second word of "is same as",
// "is divisible by".
func isTest(tokens []token, i int) bool {
	name := func(j int) string {
		if j < 0 || tokens[j].kind != nameToken {
			return ""
		}
		return tokens[j].text
	}
	if name(i) == "as" && name(i-1) == "same" || name(i) == "by" && name(i-1) == "divisible" {
		i--
	}
	return name(i-1) == "is" || name(i-1) == "not" && name(i-2) == "is"
}

// mark is the operator or bracket at i; "" for anything else.
func mark(tokens []token, i int) string {
	if i < 0 || i >= len(tokens) || tokens[i].kind != markToken {
		return ""
	}
	return tokens[i].text
}

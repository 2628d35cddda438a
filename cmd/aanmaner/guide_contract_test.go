package main

import (
	"fmt"
	"os"
	"path"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// contract is openapi.yaml, read in its own order.
type contract struct {
	root *yaml.Node
	out  strings.Builder
}

// contractPart renders backoffice/inhouse/openapi.yaml for people.
func contractPart(t *testing.T) string {
	raw, err := os.ReadFile("../../backoffice/inhouse/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	c := &contract{root: doc.Content[0]}
	info := field(c.root, "info")
	fmt.Fprintf(&c.out, "Version %s of the contract. %s\n\n%s", scalar(info, "version"), scalar(info, "summary"), scalar(info, "description"))
	c.out.WriteString("\n## Operations\n\n| operation | call | what it is |\n|---|---|---|\n")
	c.operations(func(call string, op, _ *yaml.Node) {
		id := scalar(op, "operationId")
		fmt.Fprintf(&c.out, "| [%s](#%s) | `%s` | %s |\n", id, slug(id), call, cell(scalar(op, "summary")))
	})
	c.webhooks(func(call string, op, _ *yaml.Node) {
		id := scalar(op, "operationId")
		fmt.Fprintf(&c.out, "| [%s](#%s) | %s | %s |\n", id, slug(id), call, cell(scalar(op, "summary")))
	})
	c.operations(func(call string, op, shared *yaml.Node) { c.operation("`"+call+"`", op, shared) })
	c.webhooks(c.operation)
	c.out.WriteString("\n## Schemas\n")
	each(field(field(c.root, "components"), "schemas"), c.schema)
	return c.out.String()
}

// operations visits each operation with the call that it is, in the file's order.
func (c *contract) operations(visit func(call string, op, shared *yaml.Node)) {
	each(field(c.root, "paths"), func(at string, methods *yaml.Node) {
		each(methods, func(method string, op *yaml.Node) {
			if field(op, "operationId") != nil {
				visit(strings.ToUpper(method)+" "+at, op, field(methods, "parameters"))
			}
		})
	})
}

// webhooks visits each call that the server makes by itself.
func (c *contract) webhooks(visit func(call string, op, shared *yaml.Node)) {
	each(field(c.root, "webhooks"), func(_ string, methods *yaml.Node) {
		each(methods, func(method string, op *yaml.Node) {
			visit("A `"+strings.ToUpper(method)+"` of the server to Aanmaner", op, nil)
		})
	})
}

func (c *contract) operation(call string, op, shared *yaml.Node) {
	fmt.Fprintf(&c.out, "\n### %s\n\n%s: %s.\n", scalar(op, "operationId"), call, scalar(op, "summary"))
	if text := scalar(op, "description"); text != "" {
		fmt.Fprintf(&c.out, "\n%s\n", strings.TrimSpace(text))
	}
	var parameters []*yaml.Node
	for _, list := range []*yaml.Node{shared, field(op, "parameters")} {
		if list != nil {
			parameters = append(parameters, list.Content...)
		}
	}
	if len(parameters) > 0 {
		c.out.WriteString("\n| parameter | in | form | what it says |\n|---|---|---|---|\n")
	}
	for _, p := range parameters {
		p = c.at(p)
		fmt.Fprintf(&c.out, "| `%s` | %s | %s | %s |\n", scalar(p, "name"), scalar(p, "in"), c.form(field(p, "schema")), cell(scalar(p, "description")))
	}
	if body := field(op, "requestBody"); body != nil {
		media := c.media(c.at(body))
		fmt.Fprintf(&c.out, "\nBody: %s.\n", c.form(field(media, "schema")))
		c.examples(media)
	}
	c.out.WriteString("\n| answer | body | when |\n|---|---|---|\n")
	each(field(op, "responses"), func(status string, answer *yaml.Node) {
		answer = c.at(answer)
		fmt.Fprintf(&c.out, "| %s | %s | %s |\n", status, c.form(field(c.media(answer), "schema")), cell(strings.TrimSpace(scalar(answer, "description"))))
	})
	each(field(op, "responses"), func(_ string, answer *yaml.Node) {
		if field(answer, "$ref") == nil {
			c.examples(c.media(answer))
		}
	})
}

// examples shows what a body may look like, as JSON.
func (c *contract) examples(media *yaml.Node) {
	show := func(name string, value *yaml.Node) {
		if value == nil {
			return
		}
		if name != "" {
			name = " (" + name + ")"
		}
		fmt.Fprintf(&c.out, "\nExample%s:\n\n```json\n%s\n```\n", name, asJSON(value))
	}
	show("", field(media, "example"))
	each(field(media, "examples"), func(name string, e *yaml.Node) { show(name, field(c.at(e), "value")) })
}

func (c *contract) schema(name string, s *yaml.Node) {
	fmt.Fprintf(&c.out, "\n### <a id=\"schema-%s\"></a>%s\n", slug(name), name)
	if text := strings.TrimSpace(scalar(s, "description")); text != "" {
		fmt.Fprintf(&c.out, "\n%s\n", text)
	}
	properties := field(s, "properties")
	if properties == nil {
		fmt.Fprintf(&c.out, "\nForm: %s.\n", c.form(s))
		return
	}
	needed := map[string]string{}
	if list := field(s, "required"); list != nil {
		for _, n := range list.Content {
			needed[n.Value] = "must be there"
		}
	}
	c.out.WriteString("\n| field | form | | what it says |\n|---|---|---|---|\n")
	each(properties, func(name string, p *yaml.Node) {
		fmt.Fprintf(&c.out, "| `%s` | %s | %s | %s |\n", name, c.form(p), needed[name], cell(strings.TrimSpace(scalar(p, "description"))))
	})
}

// form says in a few words what a schema asks for.
func (c *contract) form(s *yaml.Node) string {
	if s == nil {
		return ""
	}
	if ref := scalar(s, "$ref"); ref != "" {
		name := path.Base(ref)
		return "[" + name + "](#schema-" + slug(name) + ")"
	}
	if items := field(s, "items"); items != nil {
		return "list of " + c.form(items)
	}
	text := scalar(s, "type")
	if format := scalar(s, "format"); format != "" {
		text = format
	}
	if choice := field(s, "enum"); choice != nil {
		var words []string
		for _, n := range choice.Content {
			words = append(words, "`"+n.Value+"`")
		}
		text = strings.Join(words, ", ")
	}
	if options := field(s, "anyOf"); options != nil {
		var words []string
		for _, n := range options.Content {
			words = append(words, c.form(n))
		}
		text = strings.Join(words, " or ")
	}
	for _, limit := range []string{"minLength", "maxLength", "minimum", "maximum", "default"} {
		if value := scalar(s, limit); value != "" {
			text += ", " + limit + " " + value
		}
	}
	return cell(text)
}

// media is the one kind of body that an answer or a call has.
func (c *contract) media(n *yaml.Node) *yaml.Node {
	var found *yaml.Node
	each(field(n, "content"), func(_ string, m *yaml.Node) { found = m })
	return found
}

// at follows a reference within the file.
func (c *contract) at(n *yaml.Node) *yaml.Node {
	ref := scalar(n, "$ref")
	if ref == "" {
		return n
	}
	found := c.root
	for part := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		found = field(found, part)
	}
	return found
}

// field is an entry of a mapping; nil where there is none.
func field(n *yaml.Node, name string) (found *yaml.Node) {
	each(n, func(key string, value *yaml.Node) {
		if key == name {
			found = value
		}
	})
	return found
}

func scalar(n *yaml.Node, name string) string {
	if f := field(n, name); f != nil && f.Kind == yaml.ScalarNode {
		return f.Value
	}
	return ""
}

// each visits the entries of a mapping in their order.
func each(n *yaml.Node, visit func(string, *yaml.Node)) {
	if n == nil || n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		visit(n.Content[i].Value, n.Content[i+1])
	}
}

// asJSON writes a value as JSON in the file's order of fields.
func asJSON(n *yaml.Node) string {
	var parts []string
	switch n.Kind {
	case yaml.MappingNode:
		each(n, func(key string, value *yaml.Node) { parts = append(parts, fmt.Sprintf("%q: %s", key, asJSON(value))) })
		return bracket("{", parts, "}")
	case yaml.SequenceNode:
		for _, item := range n.Content {
			parts = append(parts, asJSON(item))
		}
		return bracket("[", parts, "]")
	}
	if n.Tag == "!!str" || n.Tag == "!!timestamp" {
		return fmt.Sprintf("%q", n.Value)
	}
	return n.Value
}

// bracket puts short things on one line and others on several.
func bracket(open string, parts []string, end string) string {
	if line := open + strings.Join(parts, ", ") + end; len(line) < 100 && !strings.Contains(line, "\n") {
		return line
	}
	if all := strings.Join(parts, ", "); !strings.ContainsAny(all, "{\n") {
		return open + all + end // words alone
	}
	return open + "\n  " + strings.ReplaceAll(strings.Join(parts, ",\n"), "\n", "\n  ") + "\n" + end
}

func TestTheContractIsShownWhole(t *testing.T) {
	text := contractPart(t)
	for _, words := range []string{
		"### findCustomers", "`GET /customers`", "### suspend", "| `Idempotency-Key` |", "</a>Invoice\n", `{"minor": 9200, "currency": "EUR"}`,
		"| 409 |", "list of [Customer](#schema-customer)",
		"### receiveEvents", "| [receiveEvents](#receiveevents) |", "| 410 | [Problem](#schema-problem) |", "### <a id=\"schema-bookedpayment\"></a>",
	} {
		if !strings.Contains(text, words) {
			t.Errorf("the page lacks %q", words)
		}
	}
	if n := strings.Count(text, "\n### "); n < 40 {
		t.Errorf("only %d headings", n)
	}
}

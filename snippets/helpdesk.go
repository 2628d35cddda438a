package snippets

import "strings"

// HelpdeskSource is the embedded notice of a language as a snippet for Cerb: the same words, with the placeholder
// {{prompt_customer}} where the value "customer" of Facts.Values comes, and so on, and the line #signature at the end, as
// the team's own snippets have it. Clean takes that line out before anything is sent. The wording of a folder is not used:
// it may hold conditions that a helpdesk can't be given. Empty for a language that isn't known.
func (s *Set) HelpdeskSource(lang string) string {
	n, err := embeddedNotice(lang)
	if err != nil {
		return ""
	}
	// The parts with conditions in them come whole, as values; the sentences around them stay text that can be edited.
	for _, part := range []string{"claim", "invoices", "measures", "closing", "reference"} {
		text := "{{.prompt_" + part + "}}"
		if part == "invoices" {
			text += "\n" // a list in the mail, each line ended; one line here
		}
		if _, err := n.parsed.New(part).Parse(text); err != nil {
			return ""
		}
	}
	text, err := n.fill(placeholders())
	if err != nil {
		return ""
	}
	return text + "\n#signature\n"
}

// placeholders has a Cerb placeholder for each name that a template may use for a single line of text.
func placeholders() map[string]string {
	all := map[string]string{}
	for _, name := range ValueNames() {
		placeholder := "{{prompt_" + name + "}}"
		all["prompt_"+name] = placeholder
		all[templateName(name)] = placeholder
	}
	return all
}

// templateName is the name in a template for one in Facts.Values: "portal_url" is PortalURL.
func templateName(name string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		if word == "url" {
			b.WriteString("URL")
			continue
		}
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

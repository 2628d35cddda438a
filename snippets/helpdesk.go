package snippets

import "strings"

// HelpdeskSource is the embedded letter of a language as a snippet for Cerb: the same words, with the placeholder
// {{prompt_customer}} where the value "customer" of Facts.ValuesFor comes, and so on, and the line #signature at the end, as
// the team's own snippets have it. Clean takes that line out before anything is sent. The wording of a folder is not used:
// it may hold conditions that a helpdesk can't be given. Empty for a language that isn't known.
func (s *Set) HelpdeskSource(lang string) string {
	n, err := embeddedNotice(key{s.kind, lang})
	if err != nil {
		return ""
	}
	// The parts with conditions in them come whole, as values; the sentences around them stay text that can be edited.
	for part, text := range s.kind.helpdeskParts() {
		if _, err := n.parsed.New(part).Parse(text); err != nil {
			return ""
		}
	}
	text, err := n.fill(placeholders(s.kind))
	if err != nil {
		return ""
	}
	return text + "\n#signature\n"
}

// helpdeskParts is what stands in a helpdesk's snippet in place of a letter's named parts.
func (k Kind) helpdeskParts() map[string]string {
	if k == KindNeutral {
		// Agents insert this one by hand, too: there are no values then, and their own signature comes below.
		return map[string]string{"signature": "{{`{% if prompt_agent %}`}}{{.prompt_agent}}\n{{.prompt_company}}\n{{`{% endif %}`}}"}
	}
	parts := map[string]string{}
	for _, part := range []string{"claim", "opening", "words", "agreement", "invoices", "measures", "closing", "reference"} {
		if k.uses(part) {
			parts[part] = "{{.prompt_" + part + "}}"
		}
	}
	for _, list := range []string{"invoices", "words"} {
		if k.uses(list) {
			parts[list] += "\n" // in the mail each line of it is ended
		}
	}
	return parts
}

// placeholders has a Cerb placeholder for each name that a template of the kind may use for a single line of text.
func placeholders(kind Kind) map[string]string {
	all := map[string]string{}
	for _, name := range kind.ValueNames() {
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

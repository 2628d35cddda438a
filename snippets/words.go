package snippets

import "strings"

// joinList writes labels as a person would: "a", "a en b", "a, b en c". No language of ours puts a comma before its "and".
func joinList(lang string, labels []string) string {
	if len(labels) < 2 {
		return strings.Join(labels, "")
	}
	last := len(labels) - 1
	return strings.Join(labels[:last], ", ") + " " + and(lang) + " " + labels[last]
}

func and(lang string) string {
	switch lang {
	case "nl":
		return "en"
	case "de":
		return "und"
	case "fr":
		return "et"
	}
	return "and"
}

// plural picks the form that goes with a count. French takes the singular for none, too.
func plural(lang string, n int, one, other string) string {
	if n == 1 || n == 0 && lang == "fr" {
		return one
	}
	return other
}

// bracketed is text with a remark in brackets behind it, when there is one.
func bracketed(text, remark string) string {
	if text == "" || remark == "" {
		return text
	}
	return text + " (" + remark + ")"
}

package show

import (
	"html"
	"html/template"
	"regexp"
	"strings"
)

// Slack's markup, as far as the bot uses it, after escaping.
var (
	boldForm = regexp.MustCompile(`(^|[\s(>])\*([^*\n]+)\*`)
	linkForm = regexp.MustCompile(`&lt;(https?://[^|&\s]+(?:&amp;[^|&\s]+)*)\|([^&]*(?:&(?:amp|quot|#3\d);[^&]*)*)&gt;`)
	nameForm = regexp.MustCompile(`&lt;[@#]([UWCG][A-Z0-9]+)(?:\|[^&]*)?&gt;`)
	// The address of a message. Slack opens it in itself, so the page does as well: out there is no such message.
	messageForm = regexp.MustCompile(`https://[a-z0-9-]+\.slack\.com/archives/([CG][A-Z0-9]+)/p(\d{10})(\d{6})`)
	// One pass for all of them, so that nothing is looked for in what another has made.
	markForm = regexp.MustCompile(linkForm.String() + "|" + nameForm.String() + "|" + messageForm.String() + "|:[a-z_]+:")
)

// emoji are the six that the bot's messages use (see the UX brief), as line drawings in the colour of their meaning: which
// characters a machine's fonts have isn't known, and boxes say nothing.
func emoji(name string) (path, class string) {
	e := map[string][2]string{
		"hourglass_flowing_sand": {"M4 2h8M4 14h8M5 2v2.5L8 8l3-3.5V2M5 14v-2.5L8 8l3 3.5V14", "wait"},
		"warning":                {"M8 2 1.5 13.5h13zM8 6.5v3.5M8 11.6v.4", "warn"},
		"no_entry":               {"M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 1 0 8 1.8M4.5 8h7", "bad"},
		"white_check_mark":       {"M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 1 0 8 1.8M5 8.2l2.2 2.2L11.2 6", "ok"},
		"raised_hand":            {"M5 9V4.2a1 1 0 0 1 2 0V7.4M7 7V2.8a1 1 0 0 1 2 0V7.4M9 7V3.6a1 1 0 0 1 2 0V8M11 6.2a1 1 0 0 1 2 0V10c0 2.6-1.8 4.3-4.2 4.3-2 0-3-.9-4-2.5L3 9.1a1 1 0 0 1 1.8-.8L5 9", "warn"},
		"double_vertical_bar":    {"M5.5 3v10M10.5 3v10", "wait"},
	}[name]
	return e[0], e[1]
}

// mrkdwn draws a text in Slack's markup. Everything is escaped first; only what the markup stands for becomes HTML.
func mrkdwn(text string, names map[string]string) template.HTML {
	// Slack's own escapes are undone before ours are made, or an ampersand would come out twice.
	text = strings.NewReplacer("&amp;", "&", "&lt;", "\x01", "&gt;", "\x02").Replace(text)
	out := html.EscapeString(text)
	out = markForm.ReplaceAllStringFunc(out, func(m string) string { return mark(m, names) })
	out = boldForm.ReplaceAllString(out, "$1<b>$2</b>")
	out = strings.NewReplacer("\x01", "&lt;", "\x02", "&gt;", "\n", "<br>").Replace(out)
	return template.HTML(out) //nolint:gosec // escaped above
}

// mark is what one piece of markup stands for.
func mark(m string, names map[string]string) string {
	switch {
	case strings.HasPrefix(m, "&lt;@"):
		return "<b>@" + named(names, nameForm.FindStringSubmatch(m)[1]) + "</b>"
	case strings.HasPrefix(m, "&lt;#"):
		return "<b>" + named(names, nameForm.FindStringSubmatch(m)[1]) + "</b>"
	case strings.HasPrefix(m, "&lt;"):
		p := linkForm.FindStringSubmatch(m)
		if key := messageKey(p[1]); key != "" {
			return `<a href="#panes" data-goto="` + key + `">` + p[2] + `</a>`
		}
		return `<a href="` + p[1] + `" target="_blank" rel="noopener noreferrer">` + p[2] + `</a>`
	case strings.HasPrefix(m, "https:"):
		return `<a href="#panes" data-goto="` + messageKey(m) + `">` + named(names, messageForm.FindStringSubmatch(m)[1]) + `</a>`
	}
	if path, class := emoji(strings.Trim(m, ":")); path != "" {
		return `<svg class="emoji ` + class + `" viewBox="0 0 16 16" aria-hidden="true"><path d="` + path + `"/></svg>`
	}
	return m
}

// messageKey is the key of the row of a message, by its address in Slack; empty for other addresses.
func messageKey(address string) string {
	if p := messageForm.FindStringSubmatch(address); p != nil {
		return "m" + p[2] + "." + p[3]
	}
	return ""
}

// named is the name of a person or channel, escaped; the id of one that isn't known.
func named(names map[string]string, id string) string {
	if name := names[id]; name != "" {
		return html.EscapeString(name)
	}
	return html.EscapeString(id)
}

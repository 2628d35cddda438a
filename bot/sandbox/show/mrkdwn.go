package show

import (
	"html"
	"html/template"
	"regexp"
	"strings"
)

// Slack's markup, as far as the bot uses it.
var (
	linkForm  = regexp.MustCompile(`&lt;(https?://[^|&\s]+(?:&amp;[^|&\s]+)*)\|([^&]*(?:&(?:amp|quot|#3\d);[^&]*)*)&gt;`)
	boldForm  = regexp.MustCompile(`(^|[\s(>])\*([^*\n]+)\*`)
	nameForm  = regexp.MustCompile(`&lt;@([UW][A-Z0-9]+)(?:\|[^&]*)?&gt;`)
	emojiForm = regexp.MustCompile(`:([a-z_]+):`)
)

// emoji are the six that the bot's messages use (see the UX brief), as characters that plain fonts have: many machines show
// boxes in the place of coloured ones.
func emoji(name string) (char, class string) {
	e := map[string][2]string{
		"hourglass_flowing_sand": {"⌛", "wait"}, "warning": {"⚠", "warn"}, "no_entry": {"⊘", "bad"}, "white_check_mark": {"✔", "ok"},
		"raised_hand": {"☝", "warn"}, "double_vertical_bar": {"❚❚", "wait"},
	}[name]
	return e[0], e[1]
}

// mrkdwn draws a text in Slack's markup. Everything is escaped first; only what the markup stands for becomes HTML.
func mrkdwn(text string, names map[string]string) template.HTML {
	// Slack's own escapes are undone before ours are made, or an ampersand would come out twice.
	text = strings.NewReplacer("&amp;", "&", "&lt;", "\x01", "&gt;", "\x02").Replace(text)
	out := html.EscapeString(text)
	out = linkForm.ReplaceAllStringFunc(out, func(m string) string {
		p := linkForm.FindStringSubmatch(m)
		return `<a href="` + p[1] + `" target="_blank" rel="noopener noreferrer">` + p[2] + `</a>`
	})
	out = boldForm.ReplaceAllString(out, "$1<b>$2</b>")
	out = nameForm.ReplaceAllStringFunc(out, func(m string) string {
		id := nameForm.FindStringSubmatch(m)[1]
		if name := names[id]; name != "" {
			id = name
		}
		return "<b>@" + html.EscapeString(id) + "</b>"
	})
	out = emojiForm.ReplaceAllStringFunc(out, func(m string) string {
		if c, class := emoji(strings.Trim(m, ":")); c != "" {
			return `<span aria-hidden="true" class="emoji ` + class + `">` + c + `</span>`
		}
		return m
	})
	out = strings.NewReplacer("\x01", "&lt;", "\x02", "&gt;", "\n", "<br>").Replace(out)
	return template.HTML(out) //nolint:gosec // escaped above
}

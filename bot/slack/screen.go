package slack

import (
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/snippets"
)

// screen is how texts are written for one reader or for a channel.
type screen struct {
	words   *wording.Catalogue
	lang    wording.Lang
	policy  bot.Policy
	channel bool // everybody in a channel reads it
	minimal bool // and is told no names, amounts and quotes of customers
}

// say is a text of the catalogue in the reader's language. Values from outside are escaped by who gives them.
func (sc screen) say(key string, pairs ...string) string { return sc.words.Say(sc.lang, key, pairs...) }

// reason is a reason as mrkdwn: its values escaped, addresses of pages made into links, in a channel without mail addresses.
func (sc screen) reason(r wording.Reason) string {
	if sc.hides(r) {
		return sc.say("slack.minimal_why")
	}
	args := make(map[string]string, len(r.Args))
	for k, v := range r.Args {
		switch {
		case (k == "url" || k == "link") && webAddress(v):
			args[k] = linked(v, v)
		case sc.channel:
			args[k] = esc(public(line(v, maxReason)))
		default:
			args[k] = esc(line(v, maxReason))
		}
	}
	return sc.words.Reason(sc.lang, wording.Reason{Code: r.Code, Args: args})
}

// opening is a reason as the beginning of a line. A name keeps its own first letter.
func (sc screen) opening(r wording.Reason) string {
	text := sc.reason(r)
	for _, v := range r.Args {
		if own := esc(line(v, maxReason)); own != "" && strings.HasPrefix(text, own) {
			return text
		}
	}
	return capital(text)
}

// maxAddress is how long an address in a link may be, so that no text has to be cut within one.
const maxAddress = 500

// webAddress says whether s is an address that may stand in a link.
func webAddress(s string) bool {
	return len(s) <= maxAddress && (strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")) && !strings.ContainsAny(s, "<>| \n\t\"")
}

// linked is a link in mrkdwn, or the escaped text alone where there is no address.
func linked(address, text string) string {
	if !webAddress(address) {
		return esc(line(text, maxReason))
	}
	return "<" + strings.ReplaceAll(address, "&", "&amp;") + "|" + esc(line(text, maxReason)) + ">"
}

func (sc screen) dry() bool { return sc.policy.Mode == bot.DryRun }

func (sc screen) money(m backoffice.Money) string {
	return snippets.Money(string(sc.lang), m.Minor, m.Currency)
}

func (sc screen) date(d backoffice.Date) string { return snippets.LongDate(string(sc.lang), string(d)) }

// tight is a date without weekday and year: "12 okt.", "12 Oct".
func (sc screen) tight(d backoffice.Date) string {
	_, day, _ := strings.Cut(snippets.ShortDate(string(sc.lang), string(d)), " ")
	return day
}

// day is an instant's date with weekday and year: "ma 23 nov. 2026".
func (sc screen) day(t time.Time) string {
	d := backoffice.DateOf(t, sc.policy.Location)
	return snippets.ShortDate(string(sc.lang), string(d)) + " " + string(d[:4])
}

func (sc screen) clock(t time.Time) string { return t.In(sc.policy.Location).Format("15:04") }

// capital begins a sentence that the catalogue writes as a part of one.
func capital(s string) string {
	if s == "" {
		return s
	}
	r := []rune(s)
	return strings.ToUpper(string(r[0])) + string(r[1:])
}

// list joins labels from outside, escaped, the first few of them: "web01, db02 + 4 meer".
func (sc screen) list(labels []string, most int) string {
	shown := make([]string, 0, most)
	for _, l := range labels {
		if len(shown) == most {
			break
		}
		shown = append(shown, esc(line(l, maxLabel)))
	}
	return strings.Join(shown, ", ") + sc.more(len(labels)-len(shown))
}

// more says how many are left out; nothing when none are.
func (sc screen) more(n int) string {
	if n <= 0 {
		return ""
	}
	return " " + sc.say("slack.more", "n", wording.Count(n))
}

// modal makes a view. The first line of each says that nothing goes out, in dry run.
func (sc screen) modal(title, submit, closeKey string, blocks ...slackgo.Block) slackgo.ModalViewRequest {
	if sc.dry() {
		blocks = append([]slackgo.Block{contextLine(sc.say("dry_run"))}, blocks...)
	}
	v := slackgo.ModalViewRequest{
		Type: slackgo.VTModal, Title: plainText(sc.say(title)), Close: plainText(sc.say(closeKey)),
		Blocks: slackgo.Blocks{BlockSet: blocks},
	}
	if submit != "" {
		v.Submit = plainText(sc.say(submit))
	}
	return v
}

// notice is a view that only says something.
func (sc screen) notice(title, text string) slackgo.ModalViewRequest {
	return sc.modal(title, "", "slack.close", section(text))
}

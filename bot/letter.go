package bot

import (
	"context"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/helpdesk"
	"github.com/aanmaner/aanmaner/snippets"
)

// LetterTitle is the title that a letter's snippet gets in the helpdesk: "Account Termination (nl)" for the notice,
// "Account Termination: restored (nl)" for one that follows it.
func LetterTitle(kind snippets.Kind, language string) string {
	if kind == snippets.KindNotice {
		return TicketSubject + " (" + language + ")"
	}
	return TicketSubject + ": " + kind.Words() + " (" + language + ")"
}

// SampleLetter is a letter to a customer who doesn't exist, on a made-up day.
type SampleLetter struct {
	Text string
	Own  bool // from our own set: the policy says so, or the helpdesk has no snippet for it
}

// SampleLetter makes a letter of a kind in a language, to see that it can be made. Nothing is sent and nobody's account is
// read. Errors are those of making a notice: helpdesk.ErrTemplate where the helpdesk's snippet can't be used, for the notice
// also helpdesk.ErrNotFound where there is none.
func (w World) SampleLetter(ctx context.Context, kind snippets.Kind, language string) (SampleLetter, error) {
	f := snippets.Sample(kind, language)
	f.Company, f.Customer, f.CustomerNumber = w.Policy.Company, "Voorbeeld & Zn <B.V.>", "00000" // as in SampleNotice
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	raw, err := w.rawLetter(ctx, kind, f, "")
	if err != nil {
		return SampleLetter{}, err
	}
	text := snippets.Clean(raw.text, raw.template, w.Policy.KeepCommands).Text
	if strings.TrimSpace(text) == "" {
		return SampleLetter{}, &helpdesk.Error{
			Kind: helpdesk.ErrTemplate, Op: "make a letter", Sentence: "Nothing is left of the snippet " + LetterTitle(kind, language) + ".", Err: errEmptyNotice,
		}
	}
	return SampleLetter{Text: text, Own: raw.own}, nil
}

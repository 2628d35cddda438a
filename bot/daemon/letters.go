package daemon

import (
	"context"
	"fmt"
	"strings"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/helpdesk"
	"github.com/aanmaner/aanmaner/helpdesk/cerb"
	"github.com/aanmaner/aanmaner/snippets"
)

// Setup is what `aanmaner setup cerb` shows and makes: the custom field that keeps the case's key, and a snippet for each
// kind of letter in each language.
func (d *Daemon) Setup() cerb.Setup {
	s := cerb.Setup{Client: d.cerb}
	for _, kind := range snippets.Kinds() {
		for _, lang := range snippets.Languages() {
			s.Snippets = append(s.Snippets, cerb.SetupSnippet{Title: bot.LetterTitle(kind, lang), Text: d.notes.Of(kind).HelpdeskSource(lang)})
		}
	}
	return s
}

// SampleLetter is a letter of a kind to a customer who doesn't exist, as it would go out. An empty language is the default one.
func (d *Daemon) SampleLetter(ctx context.Context, kind snippets.Kind, language string) (bot.SampleLetter, error) {
	if language == "" {
		language = d.Policy.DefaultLanguage
	}
	return d.world(Options{}).SampleLetter(ctx, kind, language)
}

// following lists the kinds of letters that follow a notice.
func following() []snippets.Kind { return snippets.Kinds()[1:] }

// isLetter says whether a snippet's title is that of a letter that follows a notice.
func (d *Daemon) isLetter(title string) bool {
	for _, kind := range following() {
		for _, lang := range snippets.Languages() {
			if title == bot.LetterTitle(kind, lang) {
				return true
			}
		}
	}
	return false
}

// checkLetters makes each letter that follows a notice, in each language, as the plan says where it comes from.
func (d *Daemon) checkLetters(ctx context.Context, plan cerb.SetupPlan) (out []Finding) {
	state := map[string]cerb.SetupState{}
	for _, item := range plan.Items {
		state[item.Name] = item.State
	}
	for _, kind := range following() {
		out = append(out, d.checkLetter(ctx, kind, state))
	}
	return out
}

func (d *Daemon) checkLetter(ctx context.Context, kind snippets.Kind, state map[string]cerb.SetupState) Finding {
	name := "letter " + kind.Words()
	var made, lacking []string
	for _, lang := range snippets.Languages() {
		w, title := d.world(Options{}), bot.LetterTitle(kind, lang)
		switch {
		case w.Policy.NoticeFrom == "own":
		case state[title] == cerb.Unusable:
			continue // told by itself
		case state[title] == cerb.Missing:
			w.Policy.NoticeFrom = "own" // what sending it would come to; it needn't be asked for again
			lacking = append(lacking, lang)
		}
		if _, err := w.SampleLetter(ctx, kind, lang); err != nil {
			return wrong(name, fmt.Errorf("in %s: %w", lang, err), helpdesk.Sentence(err), "mend the snippet "+title+"; until then this letter can't be sent in that language")
		}
		made = append(made, lang)
	}
	f := Finding{Name: name, Status: "ok", Said: "it can be made in " + strings.Join(made, ", ")}
	if len(lacking) > 0 {
		f.Status, f.Do = "note", "run: aanmaner setup cerb --yes, to have it in Cerb and change it there"
		f.Said += "; Cerb has no snippet for it in " + strings.Join(lacking, ", ") + ", so our own text is used"
	}
	return f
}

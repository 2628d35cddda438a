package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot/wording"
	"github.com/aanmaner/aanmaner/snippets"
)

// linkTimeout is how long a comment waits for the card's address: it does without.
const linkTimeout = 10 * time.Second

// cardLinker is an Announcer that knows the address of a case's card; empty where there is none.
type cardLinker interface {
	CardLink(ctx context.Context, caseID int64) string
}

// text is the comment, in the company's language. It says how the case stands now, and names nobody: whoever reads tickets isn't
// always someone who may know the debt.
func (w *Colleagues) text(ctx context.Context, f File) string {
	c, say := f.Case, func(key string, pairs ...string) string {
		return w.world.Words.Say(w.world.Policy.TeamLanguage, "colleagues."+key, pairs...)
	}
	if w.world.Words == nil {
		return commentText(c)
	}
	lines := []string{say("head", "id", wording.Count(int(c.ID)), "number", c.CustomerNumber), say("ticket", "ticket", c.Ticket.Mask, "link", c.Ticket.URL)}
	if link := w.cardLink(ctx, c.ID); link != "" {
		lines = append(lines, say("card", "link", link))
	}
	lines = append(lines, "", say("now", "at", wording.Instant(w.world.Now()))+" "+w.stands(f, say), say("dont"))
	if w.world.Policy.NoticeFrom != "own" {
		lines = append(lines, say("snippet", "title", LetterTitle(snippets.KindNeutral, c.Terms.Language)))
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

func (w *Colleagues) cardLink(ctx context.Context, caseID int64) string {
	slack, ok := w.world.Announce.(cardLinker)
	if !ok {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, linkTimeout)
	defer cancel()
	return slack.CardLink(ctx, caseID)
}

// stands says what is off, and what the case waits for.
func (w *Colleagues) stands(f File, say func(string, ...string) string) string {
	off := say("not_off")
	if since := offSince(f.Intents); !since.IsZero() {
		off = say("off", "day", string(backoffice.DateOf(since, w.world.Policy.Location)))
	}
	switch state := f.Case.State; {
	case state == Restoring:
		return say("restoring")
	case state == Held && f.Case.Course.Proof != nil:
		return say("proof")
	case state == Waiting:
		return off + " " + say("waiting", "day", string(f.Case.EndsOn()))
	case state == Held || state == Person:
		return off + " " + say(string(state))
	}
	return off + " " + say("running")
}

// offSince is when the first service that the case switched off, and that isn't on again, went off; zero: none is.
func offSince(intents []Intent) (since time.Time) {
	on := perhapsDone(intents, SwitchOn)
	for _, in := range intents {
		if in.Step == SuspendServices && in.Outcome == Done && in.Changed && !slices.Contains(on, in.Object) &&
			(since.IsZero() || in.SettledAt.Before(since)) {
			since = in.SettledAt
		}
	}
	return since
}

package slack

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// lateLine is how long after the event a line in a thread says when it happened.
const lateLine = 2 * time.Minute

// tellThread tells the events that the card's thread doesn't have yet, a line each, and keeps how far it came. A line of
// which it is unknown whether it was posted isn't posted again, unless a person is asked for: better twice than not at all.
func (s *Slack) tellThread(ctx context.Context, d *drawing) error {
	sc, f := s.channelScreen(), d.f
	for _, e := range f.Journal[min(d.card.Thread, len(f.Journal)):] {
		text, loud := sc.event(f, e)
		if text != "" {
			if s.cfg.Now().Sub(e.At) > lateLine {
				text += " " + sc.say("slack.happened", "when", sc.when(e.At, s.cfg.Now()))
			}
			_, err := s.client.post(ctx, d.card.Channel, d.card.TS, message{text: text, broadcast: loud})
			if err != nil && (loud || !errors.Is(err, errDoubt)) {
				return err
			}
		}
		d.card.Thread = e.N
		if text == "" {
			continue
		}
		if err := s.keep(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// event is a journal entry as a line of the thread; empty: it is none of the team's concern, or stands on the card. loud
// lines are shown in the channel too, since a person is needed.
func (sc screen) event(f bot.File, e bot.Entry) (text string, loud bool) {
	c, who, why := f.Case, name(e.Who.Name), sc.held(reasonIn(e))
	switch e.Kind {
	case "case started":
		return sc.say("slack.told_started", "who", who), false
	case "step done":
		if e.Step == bot.SendNotice && c.Notice.MessageID != "" {
			return sc.say("slack.told_mailed", "message", esc(line(c.Notice.MessageID, maxReason))), false
		}
		return sc.stepAfter(f, e), false
	case "step skipped":
		return sc.allDone(f, e), false
	case "service left alone":
		if left, ok := c.Terms.Service(e.Object); ok {
			return sc.say("slack.told_decided", "who", who, "what", strings.TrimSuffix(sc.reason(left.Why), ".")), false
		}
	case "comment set aside":
		return sc.say("slack.told_set_aside", "who", who), false
	case "waits":
		return sc.say("slack.told_waits", "why", why), false
	case "waiting":
		return sc.say("slack.told_waiting", "day", string(c.EndsOn())), false
	case "person asked":
		text = sc.toldPerson(c, why)
		if c.State == bot.Person && e.N == lastAsked(f) { // an older question is answered by now
			text += " " + sc.asks(f)
		}
		return text, true
	case "retry asked":
		return sc.say("slack.told_retry", "who", who), false
	case "done by hand":
		return sc.say("slack.told_hand", "who", who), false
	case "question asked":
		return sc.say("slack.told_asked", "who", who), false
	case "question answered":
		return sc.say("slack.told_answered", "who", who), false
	case "ended":
		return sc.say("slack.told_ended", "why", why), false
	case "reminder":
		return sc.toldReminder(f, e), true
	}
	return sc.eventAfter(e), false
}

// lastAsked is the number of the last entry that asks a person.
func lastAsked(f bot.File) int {
	for _, e := range slices.Backward(f.Journal) {
		if e.Kind == "person asked" {
			return e.N
		}
	}
	return 0
}

// reasonIn reads the reason that an entry was written with.
func reasonIn(e bot.Entry) wording.Reason {
	var r wording.Reason
	if json.Unmarshal(e.Data, &r) != nil {
		return wording.Reason{}
	}
	return r
}

package show

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
)

// deed is what a visitor does.
type deed struct {
	Who    string            `json:"who"`
	Kind   string            `json:"kind"` // command, press, submit, dismiss, pay, part, reverse, days, again
	Text   string            `json:"text"` // of a command
	On     target            `json:"on"`
	Action string            `json:"action"`
	Block  string            `json:"block"`
	Choose string            `json:"choose"` // of a menu; how many days, or "end"
	Values map[string]string `json:"values"` // of a form, by block id
	ID     string            `json:"id"`     // of a customer
	Lang   string            `json:"lang"`
}

// language is the visitor's; other where none is given.
func (d deed) language(other string) string {
	if d.Lang == "nl" || d.Lang == "en" {
		return d.Lang
	}
	return other
}

// deedTimeout is longer than Slack waits for the bot, so that what Slack then shows is shown.
const deedTimeout = 8 * time.Second

// do carries out a deed. What comes of it is seen in the picture; only what Slack itself would say beside the field or
// button comes back.
func (s *Show) do(w http.ResponseWriter, r *http.Request) {
	var d deed
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&d); err != nil {
		http.Error(w, "the request can't be read", http.StatusBadRequest)
		return
	}
	limit := deedTimeout
	if d.Kind == "days" {
		limit = daysTimeout
	}
	ctx, cancel := context.WithTimeout(r.Context(), limit)
	defer cancel()
	notice := ""
	if err := s.carryOut(ctx, s.current(), d, &notice); err != nil {
		notice = strings.TrimPrefix(err.Error(), "slackfake: ")
	}
	writeJSON(w, map[string]string{"notice": notice})
}

func (s *Show) carryOut(ctx context.Context, now scene, d deed, notice *string) error {
	if now.Slack == nil {
		return errors.New("there is no world yet")
	}
	told := func(r slackfake.Result) error {
		*notice = r.Notice
		if r.Notice != "" {
			return nil // Slack's own words say it
		}
		return r.Err
	}
	now.feed.goOn()
	on := slackfake.Target{Channel: d.On.Channel, TS: d.On.TS, View: d.On.View}
	switch d.Kind {
	case "command":
		return told(now.Slack.Type(ctx, slackfake.Typed{User: d.Who, Text: commandText(d.Text), Channel: now.Channel}))
	case "press":
		return told(now.Slack.Press(ctx, d.Who, on, slackfake.Press{Action: d.Action, Block: d.Block, Choose: d.Choose}))
	case "submit":
		return told(now.Slack.Submit(ctx, d.Who, d.On.View, d.Values))
	case "dismiss":
		return told(now.Slack.Dismiss(ctx, d.Who, d.On.View))
	case "pay":
		return s.booked(ctx, now, now.Office.Pay(d.ID))
	case "part":
		return s.booked(ctx, now, now.Office.PayPart(d.ID, s.half(now, d.ID)))
	case "reverse":
		return s.booked(ctx, now, now.Office.Reverse(d.ID))
	case "days":
		return s.letGo(ctx, now, d.Choose, d.language(s.lang))
	case "again":
		if s.again != nil {
			s.again(d.Lang)
		}
		return nil
	}
	return errors.New("nothing is known of that")
}

// booked has the back office tell the bot of what was booked.
func (s *Show) booked(ctx context.Context, now scene, err error) error {
	if err == nil && now.Tell != nil {
		err = now.Tell(ctx)
	}
	return err
}

// half is half of what a customer owes, in whole euros where it is more than one.
func (s *Show) half(now scene, id string) int64 {
	minor, _ := overdueOn(now.Office.Snapshot(id), s.today(now))
	if minor >= 200 {
		return minor / 200 * 100
	}
	return minor / 2
}

// commandText is what stands behind the command: people type it with or without.
func commandText(typed string) string {
	typed = strings.TrimSpace(typed)
	if rest, ok := strings.CutPrefix(typed, "/terminate"); ok {
		return strings.TrimSpace(rest)
	}
	return typed
}

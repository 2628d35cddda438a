package slack

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

const callbackMatter = "matter"

// The fields of the dialogs about a matter, and what can be chosen in them.
const (
	fieldDay    = "day"
	fieldPause  = "pause" // what a hold is for
	fieldHow    = "how"   // of a contact
	fieldLetter = "letter"
	fieldWhen   = "when" // when to remind
	fieldTo     = "to"   // who takes it over

	howCall, howLetter              = "call", "letter"
	whenSoon, whenMorning, whenWeek = "soon", "morning", "week"
)

// maxColleagues is how many colleagues a matter can be handed over to, and askColleagues how long Slack is asked who they are:
// the dialog has to open within three seconds of the click.
const (
	maxColleagues = 25
	askColleagues = time.Second
)

// matterTitle is the title of an act's dialog, and its label for the day; empty: no day is asked.
func matterTitle(k bot.MatterKind, a act) (title, submit, day string) {
	switch a {
	case actGoOn:
		return "slack.title_matter_go_on", "slack.submit_matter_go_on", ""
	case actExtend:
		return "slack.title_matter_extend", "slack.submit_matter_extend", "slack.matter_day_extend"
	case actHold:
		return "slack.title_matter_hold", "slack.submit_matter_hold", "slack.matter_day_hold"
	case actResume:
		return "slack.title_matter_resume", "slack.submit_matter_resume", ""
	case actRestore:
		if k == bot.MatterProof {
			return "slack.title_matter_longer", "slack.submit_matter_longer", "slack.matter_day_restore"
		}
		return "slack.title_matter_restore", "slack.submit_matter_restore", "slack.matter_day_restore"
	case actLeave:
		return "slack.title_matter_leave", "slack.submit_matter_leave", ""
	case actApprove:
		return "slack.title_matter_approve", "slack.submit_matter_approve", ""
	case actReject:
		return "slack.title_matter_reject", "slack.submit_matter_reject", ""
	case actStop:
		return "slack.title_stop", "slack.title_stop", ""
	case actLater:
		return "slack.title_matter_later", "slack.submit_matter_later", ""
	}
	return "slack.title_matter_contact", "slack.submit_matter_contact", "slack.matter_day_promise"
}

// matterDialog asks for what an act needs: a day within its bounds, a reason, and says what follows.
func (sc screen) matterDialog(f matterFile, a act, w bot.World, colleagues []person) slackgo.ModalViewRequest {
	title, submit, day := matterTitle(f.m.Kind, a)
	m := meta{Case: f.Case.ID, Matter: f.m.ID, Version: f.m.Version, Act: string(a)}
	blocks := []slackgo.Block{section(sc.matterAbout(f)), section(esc(sc.consequence(f, a, w.Now())))}
	switch a {
	case actContact:
		blocks = append(blocks, sc.radio(fieldHow, "slack.contact_how", howCall, "slack.contact_call", howLetter, "slack.contact_letter"),
			optional(field(fieldLetter, sc.say("slack.contact_number"), "", "", maxLabel)))
	case actHold:
		blocks = append(blocks, sc.radio(fieldPause, "slack.hold_what", string(bot.PauseAsked), "slack.hold_asked", string(bot.PauseDispute), "slack.hold_dispute",
			string(bot.PauseInsolvency), "slack.hold_insolvency", string(bot.PauseArranged), "slack.hold_arranged"))
	case actLater:
		blocks = append(blocks, sc.radio(fieldWhen, "slack.later_when", whenSoon, "slack.later_soon", whenMorning, "slack.later_morning", whenWeek, "slack.later_week"))
		if len(colleagues) > 0 {
			blocks = append(blocks, sc.handTo(colleagues))
		}
	}
	if day != "" {
		m.First, m.Last = bot.Decision{Choice: choiceWithDay(a)}.Bounds(f.Case, w)
		m.NeedDay = a == actExtend
		blocks = append(blocks, sc.matterDay(day, m))
	}
	if a != actLater {
		blocks = append(blocks, sc.matterWhy(a))
	}
	v := sc.modal(title, submit, "slack.back", blocks...)
	v.CallbackID, v.PrivateMetadata = callbackMatter, m.String()
	return v
}

// choiceWithDay is the choice whose bounds hold for an act's day: a contact's day is that of a promise.
func choiceWithDay(a act) bot.Choice {
	if a == actContact {
		return bot.ChoosePromise
	}
	return bot.Choice(a)
}

// matterDay asks for a day. Slack's date picker knows no bounds, so they stand in the hint and are checked when the form comes
// back.
func (sc screen) matterDay(label string, m meta) slackgo.Block {
	picker := slackgo.NewDatePickerBlockElement(fieldDay)
	b := slackgo.NewInputBlock(fieldDay, plainText(sc.say(label)), plainText(sc.say("slack.matter_day_between", "first", string(m.First), "last", string(m.Last))), picker)
	if m.NeedDay {
		picker.InitialDate = string(min(m.First.AddDays(7), m.Last))
	}
	b.Optional = !m.NeedDay
	return b
}

// matterWhy asks for the reason. Only what is decided by letting things go on needs none.
func (sc screen) matterWhy(a act) slackgo.Block {
	label := "slack.why"
	if a == actContact {
		label = "slack.contact_said"
	}
	b := field(fieldWhy, sc.say(label), "", "", 300)
	if input, ok := b.Element.(*slackgo.PlainTextInputBlockElement); ok {
		input.Multiline = true
	}
	b.Optional = a == actGoOn || a == actApprove
	return b
}

// radio is a choice among few, the first of them chosen beforehand; pairs are value and the catalogue's key.
func (sc screen) radio(id, label string, pairs ...string) slackgo.Block {
	var options []*slackgo.OptionBlockObject
	for n := 0; n+1 < len(pairs); n += 2 {
		options = append(options, slackgo.NewOptionBlockObject(pairs[n], plainText(sc.say(pairs[n+1])), nil))
	}
	radio := slackgo.NewRadioButtonsBlockElement(id, options...)
	radio.InitialOption = options[0]
	return slackgo.NewInputBlock(id, plainText(sc.say(label)), nil, radio)
}

// handTo offers the colleagues of credit control.
func (sc screen) handTo(colleagues []person) slackgo.Block {
	var options []*slackgo.OptionBlockObject
	for _, p := range colleagues {
		options = append(options, slackgo.NewOptionBlockObject(p.ID, plainText(line(p.Name, maxName)), nil))
	}
	list := slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeStatic, nil, fieldTo, options...)
	return optional(slackgo.NewInputBlock(fieldTo, plainText(sc.say("slack.later_to")), nil, list))
}

// colleagues are the people of credit control to whom somebody can hand a matter over, as far as Slack tells at once.
func (s *Slack) colleagues(ctx context.Context, a act, who person) (all []person) {
	if a != actLater {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askColleagues)
	defer cancel()
	ids := slices.Clone(s.cfg.ApproverUsers)
	for _, group := range s.cfg.ApproverGroups {
		members, err := s.rights.members(ctx, group)
		if err != nil {
			s.log.WarnContext(ctx, "members of a group aren't offered", "group", group, "error", err)
		}
		ids = append(ids, members...)
	}
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return id == who.ID })
	found := make([]person, min(len(ids), maxColleagues))
	var wg sync.WaitGroup
	for n := range found {
		wg.Go(func() {
			if p, err := s.people.get(ctx, ids[n]); err == nil && p.Refused == "" {
				found[n] = p
			}
		})
	}
	wg.Wait()
	found = slices.DeleteFunc(found, func(p person) bool { return p.ID == "" || p.Name == "" })
	slices.SortFunc(found, func(a, b person) int { return strings.Compare(a.Name, b.Name) })
	return found
}

// day is the day that was picked; empty: none.
func (v viewIn) day() backoffice.Date {
	if _, err := time.Parse(time.DateOnly, v.Values[fieldDay]); err != nil {
		return ""
	}
	return backoffice.Date(v.Values[fieldDay])
}

// faultsOfMatter says what is wrong with a form about a matter.
func (sc screen) faultsOfMatter(v viewIn, faults map[string]string) {
	m, day := v.meta(), v.day()
	a := act(m.Act)
	if why := line(v.Values[fieldWhy], maxReason); why == "" && a != actLater && a != actGoOn && a != actApprove {
		faults[fieldWhy] = sc.say("slack.need_text")
	}
	if day.IsZero() && m.NeedDay || !day.IsZero() && !m.First.IsZero() && (day < m.First || day > m.Last) {
		faults[fieldDay] = sc.reason(wording.Because("day_outside", "first", string(m.First), "last", string(m.Last)))
	}
}

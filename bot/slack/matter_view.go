package slack

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/aanmaner/aanmaner/backoffice"
	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/wording"
)

// maxFromCustomer is how much of what a customer wrote stands in a channel.
const maxFromCustomer = 280

// matter is a matter's card: what it is about, what came in, what was done and what is proposed, what silence means, and what
// can be decided. Once somebody has decided, it says who and when, and nothing can be clicked.
func (sc screen) matter(f matterFile, now time.Time) message {
	if !f.Case.ForgottenAt.IsZero() {
		gone := sc.forgotten(f.Case)
		return message{text: gone.text, blocks: gone.blocks, matter: f.m.ID}
	}
	headline, about := sc.headline(f, now), sc.matterAbout(f)
	var blocks []slackgo.Block
	if f.Case.Mode == bot.DryRun {
		blocks = append(blocks, contextLine(sc.say("dry_run")))
	}
	sign := ":warning:"
	if !f.m.Open() && f.busy() == nil {
		sign = ":white_check_mark:"
	}
	blocks = append(blocks, section(sign+" *"+headline+"*\n"+about))
	if f.m.Quote != "" && !sc.minimal {
		blocks = append(blocks, quote(sc.quoteHead(f.m), fromCustomer(f.m.Quote)))
	}
	text := sc.say("slack.matter_text", "headline", headline, "about", sc.matterWho(f.Case))
	switch by := f.busy(); {
	case by != nil:
		blocks = append(blocks, contextLine(sc.matterContext(f)), contextLine(sc.say("slack.busy_by", "who", name(by.By.Name))))
	case !f.m.Open():
		outcome := sc.matterOutcome(f)
		blocks = append(blocks, section(outcome), contextLine(sc.matterContext(f)))
		text = sc.say("slack.matter_text", "headline", headline, "about", sc.matterWho(f.Case)+". "+outcome)
	default:
		blocks = append(blocks, section(sc.matterBody(f)), contextLine(sc.matterContext(f)), slackgo.NewActionBlock("", sc.matterButtons(f, now)...))
		text += ". " + sc.matterSilence(f)
	}
	if f.Case.Mode == bot.DryRun {
		text = sc.say("dry_run") + ". " + text
	}
	return message{text: strings.NewReplacer("*", "", "\n", " ").Replace(text), blocks: blocks, matter: f.m.ID}
}

// headline is what a matter is about. It names tomorrow only with its date.
func (sc screen) headline(f matterFile, now time.Time) string {
	m := f.m
	day, stands := ordersStand(f.File)
	switch {
	case sc.hides(m.Headline):
		return sc.say(kindOf(m.Kind).name)
	case m.Kind == bot.MatterDeadline && m.Open():
		key, pairs := "slack.matter_ends", []string{"day", string(m.Until), "amount", wording.Money(m.Amount)}
		switch tomorrow := backoffice.DateOf(now, sc.policy.Location).AddDays(1); {
		case stands && day == tomorrow:
			key = "slack.matter_cancelled_tomorrow"
		case stands:
			key = "slack.matter_cancelled_on"
		case m.Until == tomorrow:
			key = "slack.matter_ends_tomorrow"
		}
		if sc.minimal {
			return sc.say(kindOf(m.Kind).name)
		}
		return sc.say(key, pairs...)
	case m.Kind == bot.MatterApproval && !sc.minimal:
		return sc.say("slack.matter_asked", "amount", wording.Money(m.Amount), "n", wording.Count(suspended(f.Case)))
	case m.Kind == bot.MatterPartly:
		of, left := wording.ParseMoney(m.Headline.Args["of"]), wording.ParseMoney(m.Headline.Args["left"])
		of.Minor -= left.Minor
		return sc.say("slack.matter_received", "got", wording.Money(of), "of", m.Headline.Args["of"])
	case m.Headline.IsZero():
		return sc.say(kindOf(m.Kind).name)
	}
	return strings.TrimSuffix(sc.opening(m.Headline), ".")
}

// matterWho is the customer alone, without markup.
func (sc screen) matterWho(c bot.Case) string {
	number := esc(line(c.CustomerNumber, maxLabel))
	if sc.minimal {
		return sc.say("slack.minimal_customer", "number", number)
	}
	return sc.say("slack.matter_who", "name", name(c.CustomerName), "number", number)
}

// matterAbout is the customer, what is open, and the day on which the time is over.
func (sc screen) matterAbout(f matterFile) string {
	text := sc.matterWho(f.Case)
	if !sc.minimal {
		text = strings.Replace(text, name(f.Case.CustomerName), "*"+name(f.Case.CustomerName)+"*", 1)
		if !f.m.Amount.IsZero() && f.m.Kind != bot.MatterLate { // that is what came, not what is open
			text += " · " + sc.say("slack.matter_amount", "amount", wording.Money(f.m.Amount))
		}
	}
	if day, stands := ordersStand(f.File); stands && !f.Case.State.Closed() {
		return text + " · " + sc.say("slack.matter_cancelled_as_of", "day", string(day))
	}
	if end := f.Case.EndsOn(); !f.Case.State.Closed() && !end.IsZero() {
		text += " · " + sc.say("slack.matter_term", "day", string(end))
	}
	return text
}

// quoteHead says in which language it is what came in.
func (sc screen) quoteHead(m bot.Matter) string {
	if sc.words.Has("language." + m.Language) {
		return sc.say("slack.matter_quote_in", "language", m.Language)
	}
	return sc.say("slack.matter_quote")
}

var (
	anyAddress = regexp.MustCompile(`(?i)\b(?:https?://|www\.)\S+`)
	anyAccount = regexp.MustCompile(`\b([A-Z]{2})[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b`)
	anyCard    = regexp.MustCompile(`\b(?:[0-9][ -]?){13,19}\b`)
)

// fromCustomer is what a customer wrote, as a channel may read it: the beginning of it, without links, addresses and account
// numbers.
func fromCustomer(s string) string {
	s = anyAddress.ReplaceAllString(s, "…")
	s = anyAccount.ReplaceAllStringFunc(s, func(account string) string {
		bare := strings.ReplaceAll(account, " ", "")
		return bare[:2] + "•• •••• " + bare[len(bare)-4:]
	})
	return paragraphs(public(anyCard.ReplaceAllString(s, "••••")), maxFromCustomer)
}

// matterBody is what was done, what is proposed, and what happens until somebody decides.
func (sc screen) matterBody(f matterFile) string {
	lines := []string{
		sc.say("slack.matter_done", "what", sc.matterSoFar(f)),
		sc.say("slack.matter_proposal", "what", sc.say(kindOf(f.m.Kind).propose)),
		sc.say("slack.matter_until", "what", sc.matterSilence(f)),
	}
	if e, failed := failedDecision(f); failed {
		lines = append(lines, sc.say("slack.matter_failed", "who", name(e.Who.Name), "at", wording.Instant(e.At)))
	}
	return strings.Join(lines, "\n")
}

// failedDecision finds a decision that could not be carried out, so that the matter waits again.
func failedDecision(f matterFile) (bot.Entry, bool) {
	for _, e := range slices.Backward(f.Journal) {
		if e.Kind == "not decided" && strings.Contains(string(e.Data), strconv.Quote(f.m.ID)) {
			return e, true
		}
	}
	return bot.Entry{}, false
}

// matterSoFar is what the case has done that holds now.
func (sc screen) matterSoFar(f matterFile) string {
	var parts []string
	if c := f.Case; !c.Notice.SentAt.IsZero() {
		parts = append(parts, sc.say("slack.matter_mailed", "at", wording.Instant(c.Notice.SentAt)))
	}
	off := count(f.Intents, bot.SuspendServices, done) - count(f.Intents, bot.SwitchOn, settledOn)
	if off > 0 {
		parts = append(parts, sc.say("slack.matter_off", "n", wording.Count(off)))
	}
	day, stand := ordersStand(f.File)
	switch cancelled := count(f.Intents, bot.CancelOrders, done) > 0; {
	case stand:
		parts = append(parts, sc.say("slack.matter_cancelled_as_of", "day", string(day)))
	case cancelled && len(f.Case.Course.Orders) > 0:
		parts = append(parts, sc.say("slack.matter_withdrawn"))
	}
	if at := f.Case.Course.RestoredAt; !at.IsZero() {
		parts = append(parts, sc.say("slack.matter_restored", "at", wording.Instant(at)))
	}
	if len(parts) == 0 {
		return sc.say("slack.matter_nothing_yet")
	}
	return strings.Join(parts, ", ") + "."
}

func settledOn(in bot.Intent) bool { return in.Outcome == bot.Done || in.Outcome == bot.Skipped }

// ordersStand says whether the back office still keeps a cancellation that this case made, and for which day. One whose
// withdrawal isn't certain counts: the back office may act on it.
func ordersStand(f bot.File) (day backoffice.Date, stand bool) {
	on := map[string]backoffice.Date{}
	for _, in := range f.Intents {
		service, round, _ := strings.Cut(in.Object, "#")
		switch {
		case in.Step == bot.CancelOrders && in.Outcome == bot.Done:
			on[service] = f.Case.Terms.CancelOn
		case in.Step == bot.WithdrawOrders && settledOn(in):
			delete(on, service)
		case in.Step == bot.CancelAgain && in.Outcome == bot.Done:
			if n, err := strconv.Atoi(round); err == nil && n >= 1 && n <= len(f.Case.Course.Orders) {
				on[service] = f.Case.Course.Orders[n-1].On
			}
		}
	}
	for _, d := range on {
		if !stand || d < day {
			day, stand = d, true
		}
	}
	return day, stand
}

// matterSilence is what happens if nobody decides, truthfully.
func (sc screen) matterSilence(f matterFile) string {
	c := f.Case
	day, stand := ordersStand(f.File)
	asksAgain := c.State == bot.Waiting && sc.policy.AtEnd != bot.OrdersAreEnded && c.Course.Stands != c.EndsOn() && c.Course.Asked != c.EndsOn()
	switch {
	case f.m.Kind == bot.MatterApproval:
		return sc.say("slack.matter_silent_nothing", "at", wording.Instant(c.Course.ApproveBy))
	case c.State.Closed(), c.State == bot.Restoring:
		return sc.say("slack.matter_silent_over")
	case asksAgain:
		return sc.say("slack.matter_silent_waits", "day", string(c.EndsOn()))
	case stand:
		return sc.say("slack.matter_silent_cancels", "day", string(day))
	}
	return sc.say("slack.matter_silent_still")
}

// matterOutcome is who decided what and when, and how the case goes on.
func (sc screen) matterOutcome(f matterFile) string {
	s := f.m.Settled
	when := sc.day(s.At) + " " + sc.clock(s.At)
	if s.What == "" {
		key := "slack.matter_gone"
		switch s.Why {
		case "paid":
			key = "slack.matter_gone_paid"
		case "the orders ended":
			key = "slack.matter_gone_ended"
		case "stopped":
			key = "slack.matter_gone_stopped"
		case "nobody approved in time":
			key = "slack.matter_gone_expired"
		}
		return sc.say(key, "when", when)
	}
	text := "*" + sc.say(madeBy(s.What), "who", name(s.By.Name)) + "* · " + when
	if s.Why != "" && !sc.minimal {
		text += " · “" + esc(line(s.Why, maxReason)) + "”"
	}
	// A decided card isn't drawn again: that the bot is at work would stand there for good.
	moving := f.Case.State == bot.Running || f.Case.State == bot.Restoring
	if _, state := sc.state(f.File); state != "" && !f.Case.State.Closed() && !moving {
		text += "\n" + state
	}
	return text
}

// matterContext is whose case it is, who has taken it up, and where to look.
func (sc screen) matterContext(f matterFile) string {
	text := sc.cardContext(f.Case)
	if f.m.Open() && f.m.Taken.Name != "" {
		text = sc.say("slack.matter_taken", "who", name(f.m.Taken.Name), "time", sc.clock(f.m.TakenAt)) + " · " + text
	}
	if !f.m.MailedAt.IsZero() {
		text += " · " + sc.say("slack.matter_mailed_too", "time", sc.clock(f.m.MailedAt))
	}
	return text
}

// matterMail is a matter as a mail to credit control. It reaches only them, so it may name names.
func (sc screen) matterMail(f matterFile, now time.Time) (subject, text string) {
	sc.minimal, sc.channel = false, false
	headline := plainMail(sc.headline(f, now))
	subject = sc.say("slack.matter_mail_subject", "number", line(f.Case.CustomerNumber, maxLabel), "headline", headline)
	text = sc.say("slack.matter_mail_text", "headline", headline, "about", plainMail(sc.matterAbout(f)), "silence", plainMail(sc.matterSilence(f)), "case", strconv.FormatInt(f.Case.ID, 10))
	if f.m.Quote != "" {
		text += "\n\n" + fromCustomer(f.m.Quote)
	}
	return subject, text + "\n"
}

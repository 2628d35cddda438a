package slack

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aanmaner/aanmaner/bot"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
)

// withCredit gives the team a channel of its own, and one member, who may not use the bot otherwise.
func withCredit(w *world) { w.config.ApproverUsers = []string{bram} }

// question waits for the one question in the channel that says so.
func (w *world) question(says string) (m slackfake.Message) {
	w.t.Helper()
	w.until("a question that says "+says, func(p slackfake.Snapshot) bool {
		for _, one := range w.questions(p) {
			if strings.Contains(slackfake.RenderMessage(one), says) {
				m = one
				return true
			}
		}
		return false
	})
	return m
}

func (w *world) questions(p slackfake.Snapshot) (out []slackfake.Message) {
	for _, m := range p.Messages(cases) {
		if m.Metadata["event_type"] == questionEvent {
			out = append(out, m)
		}
	}
	return out
}

// direct waits for a direct message that says so.
func (w *world) direct(user, says string) (m slackfake.Message) {
	w.t.Helper()
	w.until("a direct message that says "+says, func(p slackfake.Snapshot) bool {
		for _, one := range p.Messages("D" + user) {
			if strings.Contains(slackfake.RenderMessage(one), says) {
				m = one
				return true
			}
		}
		return false
	})
	return m
}

// askAbout asks a question from the view on top.
func (w *world) askAbout(user, text string) slackfake.Result {
	w.t.Helper()
	v := w.top(user, "")
	if got := w.Click(context.Background(), user, v.On(), actionAsk); !got.OK() {
		w.t.Fatalf("%d %s %v", got.Status, got.Body, got.Err)
	}
	form := w.topWith(user, callbackAsk)
	return w.submit(user, form, slackfake.Values{fieldText: text})
}

func (w *world) topWith(user, callback string) (v slackfake.View) {
	w.t.Helper()
	w.until("the form "+callback, func(p slackfake.Snapshot) bool {
		all := p.Views(user)
		if len(all) > 0 {
			v = all[len(all)-1]
		}
		return v.CallbackID == callback
	})
	return v
}

func (w *world) answer(user string, on slackfake.Target, text string) {
	w.t.Helper()
	if got := w.Click(context.Background(), user, on, actionAnswer); !got.OK() {
		w.t.Fatalf("%d %s %v", got.Status, got.Body, got.Err)
	}
	w.submit(user, w.topWith(user, callbackAnswer), slackfake.Values{fieldText: text})
}

func TestAQuestionReachesCreditControlAndItsAnswerTheAgent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withCredit)
	w.ask(kees, "10234")
	w.askAbout(kees, "He says <!channel> paid.\nShall we wait?")
	m := w.question("Kees Bakker vraagt debiteurenbeheer om raad")
	golden(t, "question", map[string]any{"text": m.Text, "blocks": blocksOf(m.Blocks)})
	w.told(kees, "Credit control was asked")
	w.answer(bram, m.On(), "Wacht tot vrijdag.")
	d := w.direct(kees, "answered your question about Jansen Bouw B.V. · customer 10234")
	golden(t, "answer", map[string]any{"text": d.Text, "blocks": blocksOf(d.Blocks)})
	m = w.question("Beantwoord door Bram Smit")
	golden(t, "question_answered", map[string]any{"text": m.Text, "blocks": blocksOf(m.Blocks)})
	if len(m.Mentions()) > 0 {
		t.Errorf("a question mentions %v", m.Mentions())
	}
	w.eventually("nothing is left to do", func() bool { return !w.only().ToldAt.IsZero() && w.only().TS != "" })
}

func TestOnlyCreditControlAnswersAndTheFirstAnswerStands(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.config.ApproverUsers = []string{bram, kees} })
	w.ask(sanne, "10234")
	w.askAbout(sanne, "Mag dit?")
	old := w.question("Mag dit?")
	w.Click(context.Background(), sanne, old.On(), actionAnswer)
	w.told(sanne, "Dit kan alleen debiteurenbeheer. Er is niets gewijzigd.")
	w.Click(context.Background(), kees, old.On(), actionAnswer)
	slow := w.topWith(kees, callbackAnswer)
	w.answer(bram, old.On(), "Ja.")
	w.direct(sanne, "Ja.")
	w.submit(kees, slow, slackfake.Values{fieldText: "Nee."})
	w.until("whose answer stands", func(p slackfake.Snapshot) bool {
		all := p.Views(kees)
		return len(all) > 0 && strings.Contains(slackfake.RenderView(all[len(all)-1]), "Already answered by Bram Smit at 10:00")
	})
	q := w.only()
	if q.Answer != "Ja." || q.AnsweredBy.SlackID != bram {
		t.Errorf("%+v", q)
	}
	if n := len(w.Snapshot().Messages("D" + sanne)); n != 1 {
		t.Errorf("%d answers", n)
	}
}

// only is the one question that there is.
func (w *world) only() bot.Question {
	w.t.Helper()
	var all []bot.Question
	must(w.t, w.store.InTx(context.Background(), func(tx bot.Tx) (err error) {
		all, err = tx.Questions(context.Background(), false, 0)
		return err
	}))
	if len(all) != 1 {
		w.t.Fatalf("%d questions", len(all))
	}
	return all[0]
}

// Whoever asked may have left, or Slack may fail: the team sees the answer all the same, and is not asked again.
func TestAnAnswerStandsOnTheQuestionAlsoWhereNobodyCanBeTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withCredit)
	w.ask(sanne, "10234")
	w.askAbout(sanne, "Mag dit?")
	m := w.question("Mag dit?")
	w.told(sanne, "Gevraagd aan debiteurenbeheer")
	w.Fail("chat.postMessage", slackfake.Code("rate_limited_elsewhere"), slackfake.Code("channel_not_found"))
	w.answer(bram, m.On(), "Ja.")
	w.question("Beantwoord door Bram Smit")
	if !w.only().ToldAt.IsZero() {
		t.Error("a failure that passes ended the telling")
	}
	w.eventually("it is given up", func() bool {
		w.clock.Add(questionLife)
		return !w.only().ToldAt.IsZero()
	})
	if n := len(w.Snapshot().Messages("D" + sanne)); n != 0 {
		t.Errorf("%d messages", n)
	}
}

func TestAQuestionAboutACaseStandsInItsJournal(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withCredit)
	w.submit(sanne, w.ask(sanne, "10234"), nil)
	w.eventually("the end", w.waitsForPayment)
	card := w.card("Wacht op betaling")
	w.Click(context.Background(), sanne, card.On(), choiceAsk)
	first := w.submit(sanne, w.topWith(sanne, callbackAsk), slackfake.Values{fieldText: "Regeling treffen?"})
	w.Replay(context.Background(), first)
	w.answer(bram, w.question("Regeling treffen?").On(), "Nee.")
	w.direct(sanne, "Nee.")
	f, err := w.desk.File(context.Background(), w.all()[0].ID)
	must(t, err)
	kinds := map[string]int{}
	for _, e := range f.Journal {
		kinds[e.Kind]++
	}
	if kinds["question asked"] != 1 || kinds["question answered"] != 1 {
		t.Errorf("%v", kinds)
	}
	w.until("it in the thread", func(p slackfake.Snapshot) bool {
		for _, m := range p.Thread(cases, card.TS) {
			if strings.Contains(m.Text, "Sanne Visser vroeg debiteurenbeheer om raad.") {
				return true
			}
		}
		return false
	})
}

// Where nobody knows whether the question stands there, the channel is read; it is not asked twice.
func TestAQuestionInDoubtIsFoundAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withCredit)
	w.ask(sanne, "10234")
	w.Fail("chat.postMessage", slackfake.Reset().After())
	w.askAbout(sanne, "Mag dit?")
	w.question("Mag dit?")
	w.told(sanne, "Gevraagd aan debiteurenbeheer")
	w.restart()
	w.clock.Add(2 * questionLife)
	w.eventually("it is settled", func() bool { return w.only().TS != "" })
	if n := len(w.questions(w.Snapshot())); n != 1 {
		t.Errorf("%d questions in the channel", n)
	}
}

func TestAQuestionSurvivesAnOutageOfSlack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withCredit)
	w.ask(sanne, "10234")
	w.Fail("chat.postMessage", slackfake.Status(503), slackfake.Code("not_in_channel"))
	w.Fail("conversations.history", slackfake.Status(503))
	w.askAbout(sanne, "Mag dit?")
	w.told(sanne, "Gevraagd aan debiteurenbeheer")
	w.eventually("it is posted in the end", func() bool {
		w.clock.Add(questionLife)
		return w.only().TS != ""
	})
	if n := len(w.questions(w.Snapshot())); n != 1 {
		t.Errorf("%d questions in the channel", n)
	}
}

// mails is a mailer that keeps what it is given.
type mails struct {
	mu  sync.Mutex
	all []string
	err error
}

func (m *mails) SendQuestion(_ context.Context, id, subject, text string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all = append(m.all, id+"\n"+subject+"\n"+text)
	return "<" + id + ">", m.err
}

func (m *mails) sent() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.all
}

func TestAQuestionGoesByMailWhenSlackFailsForMinutesAndOnceMoreInDoubt(t *testing.T) {
	t.Parallel()
	for err, most := range map[error]int{nil: 1, ErrMailDoubt: 2} {
		post := &mails{err: err}
		w := newWorld(t, withCredit, func(w *world) { w.config.Mailer = post })
		w.ask(sanne, "10234")
		w.SetScopes([]string{"commands", "users:read", "users:read.email"})
		w.askAbout(sanne, "Mag dit?")
		w.eventually("it is stored", func() bool {
			all, err := w.desk.Unsettled(context.Background(), 0)
			return err == nil && len(all) == 1 && all[0].TriedAt.IsZero()
		})
		if len(post.sent()) != 0 {
			t.Error("mailed at once")
		}
		w.clock.Add(mailAfter + questionLife)
		w.eventually("it is mailed", func() bool { return !w.only().MailedAt.IsZero() })
		w.clock.Add(time.Hour)
		time.Sleep(150 * time.Millisecond) // waits: for sweeps that have nothing to do
		all := post.sent()
		if len(all) != most || all[0] != all[most-1] || !strings.Contains(all[0], "Vraag van Sanne Visser over klant 10234") || !strings.Contains(all[0], "Mag dit?") {
			t.Errorf("%v: %q", err, all)
		}
	}
}

func TestAMinimalChannelIsToldNeitherNameNorWordsOfAQuestion(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withCredit, func(w *world) { w.config.Minimal = true })
	w.ask(sanne, "10234")
	w.askAbout(sanne, "Jansen zegt dat hij betaald heeft")
	m := w.question("klant 10234")
	if text := slackfake.RenderMessage(m) + m.Text; strings.Contains(text, "Jansen") || strings.Contains(text, "betaald") {
		t.Errorf("%s", text)
	}
	w.Click(context.Background(), bram, m.On(), actionAnswer)
	if text := slackfake.RenderView(w.topWith(bram, callbackAnswer)); !strings.Contains(text, "Jansen zegt dat hij betaald heeft") {
		t.Errorf("%s", text)
	}
}

func TestAQuestionNeedsWordsAndABlockedCustomerCanBeAskedAbout(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withCredit, dryRun)
	w.ask(sanne, "10237")
	v := w.top(sanne, "")
	w.Click(context.Background(), sanne, v.On(), actionAsk)
	form := w.topWith(sanne, callbackAsk)
	w.Submit(context.Background(), sanne, form.ID, slackfake.Values{fieldText: " \n "})
	w.submit(sanne, w.topWith(sanne, callbackAsk), slackfake.Values{fieldText: "Waarom niet?"})
	if text := slackfake.RenderMessage(w.question("Waarom niet?")); strings.Count(text, "Proefmodus") != 2 {
		t.Errorf("%s", text)
	}
}

func TestNobodyAnswersWhatWasNeverAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withCredit)
	if _, err := w.desk.Answer(context.Background(), "slack:none", "x", bot.Actor{}); !errors.Is(err, bot.ErrNoQuestion) {
		t.Errorf("%v", err)
	}
}

func TestANameInAQuestionMentionsNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q := bot.Question{ID: "x", CustomerName: "<!channel> & Zn", CustomerNumber: "<@U1>", AskedBy: bot.Actor{Name: "<!here>"}, Text: "<!everyone>", Answer: "<!here>"}
	for _, answered := range []time.Time{{}, w.clock.Now()} {
		q.AnsweredAt = answered
		for _, m := range []message{w.bot.channelScreen().question(q), w.bot.screenFor("en").answerFor(q)} {
			if strings.Contains(m.text, "<") {
				t.Errorf("%s", m.text)
			}
			if got, err := slackfake.DraftMessage(m.text, m.blocks); err != nil || len(got.Mentions()) > 0 {
				t.Errorf("%v %v", got.Mentions(), err)
			}
		}
	}
}

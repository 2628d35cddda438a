package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aanmaner/aanmaner/backoffice/inhouse/inhousefake"
	"github.com/aanmaner/aanmaner/bot/slack/slackfake"
	"github.com/aanmaner/aanmaner/helpdesk/cerb/cerbfake"
)

// Bot is the bot as a process that the story can start and kill.
type Bot interface {
	// Start starts it and answers the address that it listens on.
	Start(ctx context.Context) (address string, err error)
	// Kill ends it on the spot, without a chance to tidy up.
	Kill() error
}

// ErrDiffers: the story ended in another way than it should; the text lists in what.
var ErrDiffers = errors.New("the end is not as it should be")

// patience is how long the story waits for anything to happen.
const patience = 60 * time.Second

// Cast is who plays in the story besides the doubles.
type Cast struct {
	Bot   Bot // the bot as a process of its own
	Later Bot // the bot on Clock, once days go by
	Clock *Clock
	// Type is a person at the command line, on Clock: it answers what was printed.
	Type func(ctx context.Context, args ...string) (string, error)
}

// play is the telling of the story.
type play struct {
	*Sandbox
	Cast
	bot     Bot
	zone    *time.Location
	first   map[string][]inhousefake.Service // as everybody's services were before anything happened
	out     io.Writer
	differs []string
}

// act is one story of the telling.
type act struct {
	title string
	tell  func(context.Context) error
}

// Play tells the story of the bot on out, step by step, and holds the doubles against what they should show in the end: a
// termination; a customer who is in treatment already; one who pays between preview and submit; a mail server that is
// down; a bot that is killed in the middle of sending. Then days go by: a promise is kept, another broken; a part is paid, and the
// rest; a reseller waits for a second person; nobody decides on the last day; a payment is taken back. ErrDiffers says what isn't as it should be.
func (s *Sandbox) Play(ctx context.Context, cast Cast, out io.Writer) (err error) {
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		return err
	}
	p := &play{Sandbox: s, Cast: cast, bot: cast.Bot, zone: zone, out: out, first: map[string][]inhousefake.Service{}}
	for _, shot := range s.Office.Everyone() {
		p.first[shot.Customer.ID] = shot.Services
	}
	if err := p.start(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.bot.Kill()) }()
	if err := p.tell(ctx, p.acts()); err != nil {
		return err
	}
	p.expect("everything that the bot sent to Slack is as Slack wants it", len(s.Slack.Faults()) == 0, strings.Join(s.Slack.Faults(), "; "))
	if len(p.differs) > 0 {
		return fmt.Errorf("%w:\n  - %s", ErrDiffers, strings.Join(p.differs, "\n  - "))
	}
	fmt.Fprintln(out, "\nThe story ended as it should: nothing twice, nothing on someone who paid.")
	return nil
}

func (p *play) acts() []act {
	return []act{
		{"A customer who doesn't pay", p.termination},
		{"A customer who is in treatment already", p.treated},
		{"A customer who pays while the agent is reading", p.paysMeanwhile},
		{"The mail server is down", p.mailDown},
		{"The bot is killed in the middle of sending", p.killed},
		{"A week goes by: a promise is kept", p.promiseKept},
		{"A promise is broken, time is given, and the customer pays", p.promiseBroken},
		{"A part is paid, then the rest", p.paysInParts},
		{"A reseller, whom a second person has to agree to", p.approved},
		{"The last working day, and nobody decides", p.lastWorkday},
		{"The bank takes a payment back", p.takenBack},
	}
}

func (p *play) tell(ctx context.Context, acts []act) error {
	for n, act := range acts {
		fmt.Fprintf(p.out, "\n%d. %s\n", n+1, act.title)
		if err := act.tell(ctx); err != nil {
			return fmt.Errorf("%s: %w", act.title, err)
		}
	}
	return nil
}

func (p *play) start(ctx context.Context) error {
	address, err := p.bot.Start(ctx)
	if err != nil {
		return fmt.Errorf("start the bot: %w", err)
	}
	p.ConnectSlack(address)
	p.ConnectOffice(address)
	return nil
}

func (p *play) say(format string, args ...any) { fmt.Fprintf(p.out, "   "+format+"\n", args...) }

// expect notes what isn't as it should be.
func (p *play) expect(what string, holds bool, got any) {
	if holds {
		p.say("✓ %s", what)
		return
	}
	p.say("✗ %s", what)
	p.differs = append(p.differs, fmt.Sprintf("%s: got %v", what, got))
}

// termination is the normal case, told at length.
func (p *play) termination(ctx context.Context) error {
	view, err := p.ask(ctx, "10234")
	if err != nil {
		return err
	}
	p.quote(slackfake.RenderView(view))
	if err := p.confirm(ctx, view); err != nil {
		return err
	}
	if err := p.watch(ctx, "10234"); err != nil {
		return err
	}
	p.inOrder("10234", "administratie@jansenbouw.example", 2)
	return p.card(ctx)
}

// card shows the card once it tells of the end.
func (p *play) card(ctx context.Context) error {
	var text string
	err := p.until(ctx, "the card to tell of the end", func() bool {
		if cards := p.Slack.Messages(CaseChannelID); len(cards) > 0 {
			text = slackfake.RenderMessage(cards[0])
		}
		return strings.Contains(text, "Wacht op betaling tot")
	})
	p.say("The card in #wanbetalers:")
	p.quote(text)
	return err
}

// treated shows that nothing can be started where a colleague is at it.
func (p *play) treated(ctx context.Context) error {
	view, err := p.ask(ctx, "10244")
	if err != nil {
		return err
	}
	p.quote(slackfake.RenderView(view))
	p.expect("there is nothing to confirm", view.Submit == "", view.Submit)
	p.untouched("10244")
	return nil
}

// paysMeanwhile shows the second look at the moment of the confirmation.
func (p *play) paysMeanwhile(ctx context.Context) error {
	view, err := p.ask(ctx, "10245")
	if err != nil {
		return err
	}
	p.say("The preview is open; now Autobedrijf Visser pays. Then Sanne presses “%s”.", view.Submit)
	if err := p.Office.Pay("10245"); err != nil {
		return err
	}
	if got := p.Slack.Submit(ctx, Sanne, view.ID, nil); !got.OK() {
		return fmt.Errorf("submit: status %d, %w", got.Status, got.Err)
	}
	after, err := p.settled(ctx, view.ID, view.Hash)
	if err != nil {
		return err
	}
	p.quote(slackfake.RenderView(after))
	p.expect("there is nothing left to confirm", after.Submit == "", after.Submit)
	p.untouched("10245")
	return nil
}

// mailDown shows that a mail that wasn't sent is sent later, once.
func (p *play) mailDown(ctx context.Context) error {
	p.Cerb.SetMail(false)
	p.say("Cerb's mail server doesn't answer.")
	view, err := p.ask(ctx, "10235")
	if err != nil {
		return err
	}
	if err := p.confirm(ctx, view); err != nil {
		return err
	}
	tried := func() bool { return len(p.Cerb.Drafts()) > 0 }
	if err := p.until(ctx, "Cerb to fail at sending", tried); err != nil {
		return err
	}
	for _, s := range p.Office.Services("10235") {
		p.expect("without the mail, "+s.Label+" stays on", s.State == "active", s.State)
	}
	p.expect("no mail has come", len(p.Inbox.Mails("facturen@devriesloodgieters.example")) == 0, "")
	p.Cerb.SetMail(true)
	p.say("The mail server is back.")
	if err := p.watch(ctx, "10235"); err != nil {
		return err
	}
	p.inOrder("10235", "facturen@devriesloodgieters.example", 1)
	return nil
}

// killed shows that a bot that died in the middle of sending looks before it repeats.
func (p *play) killed(ctx context.Context) error {
	if err := p.cards(ctx, 2, "Wacht op betaling tot"); err != nil {
		return err
	}
	view, err := p.ask(ctx, "10237")
	if err != nil {
		return err
	}
	p.Cerb.Fault(func(r *http.Request) cerbfake.Fault {
		if r.Method == http.MethodPost && strings.Contains(r.URL.Path, "/reply") {
			return cerbfake.Fault{Kind: cerbfake.FaultHang, AfterEffect: true}
		}
		return cerbfake.Fault{}
	})
	if err := p.confirm(ctx, view); err != nil {
		return err
	}
	const to = "marieke@post.example"
	sent := func() bool { return len(p.Inbox.Mails(to)) > 0 }
	if err := p.until(ctx, "the mail", sent); err != nil {
		return err
	}
	if err := p.cards(ctx, 3, ""); err != nil { // a card that a dead bot was drawing is left alone for a moment
		return err
	}
	p.say("The mail is out, but Cerb hasn't answered yet. At this moment the bot is killed.")
	if err := p.bot.Kill(); err != nil {
		return err
	}
	p.Cerb.Fault(nil)
	p.say("It is started again.")
	if err := p.start(ctx); err != nil {
		return err
	}
	if err := p.watch(ctx, "10237"); err != nil {
		return err
	}
	p.inOrder("10237", to, 1)
	return nil
}

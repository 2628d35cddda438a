package daemon

import (
	"context"
	"errors"
	"fmt"

	"github.com/aanmaner/aanmaner/bot/mailer"
	"github.com/aanmaner/aanmaner/bot/slack"
)

// mail is how the mailer is told of its server.
func (c *Config) mail() mailer.Config {
	m := c.Mail
	return mailer.Config{Address: m.Address, Security: m.Security, User: m.User, Password: m.Password, From: m.From, To: m.CreditControl}
}

// questionMailer is the way to credit control while Slack fails; nil where no mail server is configured. A configuration
// that it doesn't like was refused by check.
func (d *Daemon) questionMailer() slack.Mailer {
	if d.Config.Mail.Address == "" {
		return nil
	}
	cfg := d.Config.mail()
	cfg.Now = d.now
	m, err := mailer.New(cfg)
	if err != nil {
		return nil
	}
	return questions{m}
}

// questions puts the mailer's errors into Slack's words for them.
type questions struct{ mailer *mailer.Mailer }

// SendQuestion sends a question to credit control.
func (q questions) SendQuestion(ctx context.Context, id, subject, text string) (messageID string, err error) {
	messageID, err = q.mailer.Send(ctx, id, subject, text)
	if errors.Is(err, mailer.ErrDoubt) {
		err = fmt.Errorf("%w: %w", slack.ErrMailDoubt, err)
	}
	return messageID, err
}

// connections tells for App Home how the systems around us answered lately. One that wasn't called yet isn't named.
func (m *monitor) connections(context.Context) []slack.Connection {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []slack.Connection
	for _, system := range []struct{ key, name string }{{"cerb", "Cerb"}, {"backoffice", "Back office"}} {
		is, called := m.remotes[system.key]
		switch {
		case !called:
		default: // silent since it answered last
			all = append(all, slack.Connection{Name: system.name, OK: !is.Bad.After(is.Good), Since: is.Good})
		}
	}
	return all
}

package daemon

import (
	"context"
	"time"

	"github.com/aanmaner/aanmaner/helpdesk"
)

// Mails reads the messages in a case's ticket, oldest first, for the file of the case. helpdesk.ErrNotFound when the ticket
// is gone.
func (d *Daemon) Mails(ctx context.Context, ticketID string) ([]helpdesk.Message, error) {
	return d.cerb.Messages(ctx, ticketID)
}

// Now is the time by the program's clock.
func (d *Daemon) Now() time.Time { return d.now() }

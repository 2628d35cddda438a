package cerb

import (
	"context"
	"net/http"
)

// Route is by which way mail of the group leaves Cerb, as far as Cerb tells a key.
type Route struct {
	Group  string // its name
	Bucket string // the configured bucket; empty: the group's own default
	From   string // the address that notices are sent from; empty: Cerb's default sender, which no record names
}

// senderRecord is the part of a group or bucket that says whom its mail is from.
type senderRecord struct {
	row
	ReplyTo whole `json:"replyto_id"`
}

// Route reads the group, the bucket and the address that its mail is sent from: the bucket's own, else the group's, else
// Cerb's default (Model_Bucket::getReplyTo in Cerb's source). Whether the mail server behind it takes mail is not to be
// seen; what became of each notice is, see Delivery. ErrRefused when the group or bucket isn't there.
func (c *Client) Route(ctx context.Context) (Route, error) {
	g, err := c.group(ctx)
	if err != nil {
		return Route{}, err
	}
	r := Route{Group: string(g.Name)}
	senders := []string{"group/" + g.ID.id()}
	if c.cfg.Bucket != "" {
		id, err := c.bucket(ctx, g)
		if err != nil {
			return r, err
		}
		r.Bucket = c.cfg.Bucket
		senders = []string{"bucket/" + id, senders[0]}
	}
	for _, record := range senders {
		var s senderRecord
		if err := c.record(ctx, record, &s); err != nil {
			return r, err
		}
		if s.ReplyTo != 0 {
			var from struct {
				row
				Email   text `json:"email"`
				Address text `json:"address"`
			}
			err := c.record(ctx, "address/"+s.ReplyTo.id(), &from)
			r.From = first(string(from.Email), string(from.Address))
			return r, err
		}
	}
	return r, nil
}

// record reads one record by its kind and id.
func (c *Client) record(ctx context.Context, kindAndID string, into any) error {
	return c.do(ctx, call{op: "read " + kindAndID, method: http.MethodGet, path: "records/" + kindAndID + ".json"}, into)
}

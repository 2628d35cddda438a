package cerb

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"golang.org/x/sync/errgroup"

	"github.com/aanmaner/aanmaner/helpdesk"
)

// pageSize is how many records a search asks for at once, maxPages how many pages are read at most.
const (
	pageSize = 100
	maxPages = 50
)

// row is what every record has. Lists are read by it, page by page.
type row struct {
	ID whole `json:"id"`
}

func (r row) recordID() whole { return r.ID }

type record interface{ recordID() whole }

// page is one answer of records/<type>/search.json.
type page[T record] struct {
	Total   whole   `json:"total"`
	Count   whole   `json:"count"`
	Results list[T] `json:"results"`
}

// searchPage asks for the first page of records of a type.
func searchPage[T record](ctx context.Context, c *Client, op, kind string, q search, expand string) (page[T], error) {
	query := []param{{"q", q.String()}, {"limit", strconv.Itoa(pageSize)}}
	if expand != "" {
		query = append(query, param{"expand", expand})
	}
	var p page[T]
	err := c.do(ctx, call{op: op, method: http.MethodGet, path: "records/" + kind + "/search.json", query: query}, &p)
	return p, err
}

// searchAll reads all records that a query finds, lowest id first. An answer that is not all there is, is an error: half a
// list would be read as "there is no more". The next page is asked for by the last id seen, never by its number: records
// that go away meanwhile (drafts that Cerb sends) would move others past the page's edge, and past the end Cerb goes back.
func searchAll[T record](ctx context.Context, c *Client, op, kind string, q search, expand string) ([]T, error) {
	var all []T
	for next := q.raw("sort", "id"); len(all) < maxPages*pageSize; {
		p, err := searchPage[T](ctx, c, op, kind, next, expand)
		if err != nil {
			return nil, err
		}
		all = append(all, p.Results...)
		if len(p.Results) >= int(p.Total) || len(p.Results) == 0 {
			return all, short(op, kind, len(p.Results), int(p.Total))
		}
		next = q.raw("sort", "id").raw("id", ">"+all[len(all)-1].recordID().id())
	}
	return nil, &helpdesk.Error{Kind: helpdesk.ErrUnknown, Op: op, Answered: true,
		Err: fmt.Errorf("more than %d records of %s", maxPages*pageSize, kind)}
}

func short(op, kind string, got, total int) error {
	if got >= total {
		return nil
	}
	return &helpdesk.Error{Kind: helpdesk.ErrUnknown, Op: op, Answered: true,
		Err: fmt.Errorf("cerb counts %d records of %s and shows %d", total, kind, got)}
}

// together makes independent reads at the same time; the first error ends the others.
func together(ctx context.Context, reads ...func(context.Context) error) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, read := range reads {
		g.Go(func() error { return read(ctx) })
	}
	return g.Wait()
}

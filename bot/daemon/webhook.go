package daemon

import (
	"errors"
	"io"
	"net/http"

	"github.com/aanmaner/aanmaner/backoffice/inhouse"
)

// webhookPath is where the back office may tell of events.
const webhookPath = "POST /backoffice/events"

// takeEvents takes what the back office tells of its own accord. 204 is said once it is stored: told again it changes nothing.
func (d *Daemon) takeEvents(w http.ResponseWriter, r *http.Request) {
	secret := d.Config.BackOffice.InHouse.WebhookSecret
	if secret == "" {
		http.NotFound(w, r)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, inhouse.MaxWebhook+1))
	if err != nil {
		http.Error(w, "the body can't be read", http.StatusBadRequest)
		return
	}
	events, err := inhouse.Verify(secret, r.Header, body, d.now())
	if err != nil {
		d.log.WarnContext(r.Context(), "a call of the back office was refused", "error", err)
		http.Error(w, err.Error(), refusal(err))
		return
	}
	for _, e := range events {
		if err := d.aftercare.Pass(r.Context(), e); err != nil {
			d.log.ErrorContext(r.Context(), "an event of the back office can't be stored", "event", e.ID, "error", err)
			http.Error(w, "not stored, tell it again", http.StatusServiceUnavailable)
			return
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

func refusal(err error) int {
	switch {
	case errors.Is(err, inhouse.ErrSignature):
		return http.StatusUnauthorized
	case errors.Is(err, inhouse.ErrTooLarge):
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusBadRequest
}

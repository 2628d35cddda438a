package inhousefake

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// problemBase stands before the name of a problem in its type. Clients look at the last segment only.
const problemBase = "https://aanmaner.example/problems/"

// problem is an answer of RFC 9457. The detail is a sentence that staff may read.
func problem(status int, name, detail string) answer {
	body, err := json.Marshal(map[string]any{
		"type": problemBase + name, "title": titleOf(name, status), "status": status, "detail": detail,
	})
	if err != nil { // strings and numbers always can be written
		body = []byte("{}")
	}
	a := answer{status: status, header: map[string]string{"Content-Type": "application/problem+json"}, body: body}
	if status == http.StatusUnauthorized {
		a.header["WWW-Authenticate"] = "Bearer"
	}
	return a
}

// busy is a problem that says when to come back.
func busy(status, seconds int) answer {
	a := problem(status, "busy", "Too many calls, or closed for maintenance.")
	a.header["Retry-After"] = strconv.Itoa(seconds)
	return a
}

func titleOf(name string, status int) string {
	switch name {
	case "not-found":
		return "There is no such thing"
	case "already":
		return "It is already so"
	case "refused":
		return "Refused"
	case "provisioning-failed":
		return "The machine could not be told"
	case "conflict":
		return "Changed meanwhile"
	case "in-progress":
		return "The first call with this key is still running"
	case "key-reused":
		return "This key was used for something else"
	case "unknown-event":
		return "There is no such event any more"
	case "not-offered":
		return "Not offered"
	}
	return http.StatusText(status)
}

func notFound(what, id string) answer {
	return problem(http.StatusNotFound, "not-found", "There is no "+what+" "+strconv.Quote(id)+".")
}

func refused(detail string) answer { return problem(http.StatusUnprocessableEntity, "refused", detail) }
func already(detail string) answer { return problem(http.StatusConflict, "already", detail) }

func conflict(detail string) answer { return problem(http.StatusConflict, "conflict", detail) }

func invalid(detail string) answer { return problem(http.StatusBadRequest, "invalid", detail) }

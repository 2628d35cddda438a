package cerbfake

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// object is one JSON object of Cerb's.
type object map[string]any

// answer is what a call comes back with: a status, a content type and a body.
type answer struct {
	status      int
	contentType string
	body        []byte
}

// The codes in __error.
const (
	errCustom         = "ERROR"
	errPermissions    = "ERROR_PERMISSIONS"
	errNotFound       = "ERROR_NOT_FOUND"
	errParamInvalid   = "ERROR_PARAM_INVALID"
	errNotImplemented = "ERROR_NOT_IMPLEMENTED"
)

// jsonAnswer writes o as Cerb does: keys sorted, slashes as they are.
func jsonAnswer(status int, o object) answer {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(o); err != nil {
		return answer{status: http.StatusInternalServerError, contentType: "text/html; charset=UTF-8"}
	}
	return answer{status, "application/json; charset=utf-8", bytes.TrimRight(b.Bytes(), "\n")}
}

// success adds the three keys that every good answer has.
func (s *Server) success(o object) answer {
	out := object{"__status": "success", "__version": s.opts.Version, "__build": build}
	for k, v := range o {
		out[k] = v
	}
	return jsonAnswer(http.StatusOK, out)
}

// failure is Cerb's error: HTTP 200 all the same.
func (s *Server) failure(code, message string) answer {
	return jsonAnswer(http.StatusOK, object{
		"__status": "error", "__version": s.opts.Version, "__build": build, "__error": code, "message": message,
	})
}

// notImplemented is the answer to a path that a controller doesn't know.
func (s *Server) notImplemented() answer { return s.failure(errNotImplemented, "Not implemented.") }

// denied is a failed authentication, the one failure that is not HTTP 200. It names no version.
func denied(message string) answer {
	return jsonAnswer(http.StatusUnauthorized, object{"__status": "error", "message": message})
}

// phpFatal is a crash of PHP.
func phpFatal() answer {
	return answer{http.StatusInternalServerError, "text/html; charset=UTF-8", nil}
}

// write sends an answer.
func (a answer) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", a.contentType)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a caller that has gone away hears nothing
}

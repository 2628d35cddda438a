package inhouse_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
)

// checker holds every call and every answer that goes by against openapi.yaml, strictly: a field or a parameter that the
// contract doesn't name is a fault here, though both sides must bear one.
type checker struct {
	router      routers.Router
	answersOnly bool // the calls of the test are wrong on purpose

	mu   sync.Mutex
	seen map[string]map[int]int // how often each status was answered, by operation
}

func newChecker(t *testing.T) *checker {
	t.Helper()
	doc := loadContract(t)
	doc.Servers = openapi3.Servers{{URL: "/api"}}
	for _, ref := range doc.Components.Schemas {
		seal(ref)
	}
	router, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return &checker{router: router, seen: map[string]map[int]int{}}
}

// seal closes a schema, and those that are written out inside it, to fields that aren't named.
func seal(ref *openapi3.SchemaRef) {
	if ref == nil || ref.Value == nil || ref.Ref != "" {
		return
	}
	if ref.Value.Type.Is("object") {
		no := false
		ref.Value.AdditionalProperties.Has = &no
	}
	seal(ref.Value.Items)
	for _, property := range ref.Value.Properties {
		seal(property)
	}
}

// wrap puts the checker in front of a server. Faults are named in the test.
func (c *checker) wrap(t *testing.T) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/api/") {
				c.serve(t, next, w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

func (c *checker) serve(t *testing.T, next http.Handler, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	input, operation := c.request(t, r, body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	copied := &copying{ResponseWriter: w}
	next.ServeHTTP(copied, r)
	if input != nil && copied.status != 0 && !copied.isGarbled() {
		c.answer(t, input, operation, copied)
	}
}

// request holds a call against the contract.
func (c *checker) request(t *testing.T, r *http.Request, body []byte) (*openapi3filter.RequestValidationInput, string) {
	what := r.Method + " " + r.URL.RequestURI()
	route, params, err := c.router.FindRoute(r)
	if err != nil {
		if !c.answersOnly {
			t.Errorf("%s: the contract has no such call: %v", what, err)
		}
		return nil, ""
	}
	input := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{
			IncludeResponseStatus: true, RejectWhenRequestBodyNotSpecified: true, SkipSettingDefaults: true,
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
		},
	}
	if c.answersOnly {
		return input, route.Operation.OperationID
	}
	if err := openapi3filter.ValidateRequest(r.Context(), input); err != nil {
		t.Errorf("%s %s is not of the contract: %v", what, body, err)
	}
	for name := range r.URL.Query() {
		if route.Operation.Parameters.GetByInAndName("query", name) == nil {
			t.Errorf("%s: the contract has no parameter %s", what, name)
		}
	}
	if r.Method != http.MethodGet && r.Header.Get("Idempotency-Key") == "" {
		t.Errorf("%s: a write without an Idempotency-Key", what)
	}
	return input, route.Operation.OperationID
}

// answer holds an answer against the contract, and remembers that it was seen.
func (c *checker) answer(t *testing.T, input *openapi3filter.RequestValidationInput, operation string, w *copying) {
	err := openapi3filter.ValidateResponse(input.Request.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: w.status, Header: w.Header(), Body: io.NopCloser(bytes.NewReader(w.body.Bytes())),
		Options: input.Options,
	})
	if err != nil {
		t.Errorf("%s: the answer %d %s is not of the contract: %v", operation, w.status, w.body.Bytes(), err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen[operation] == nil {
		c.seen[operation] = map[int]int{}
	}
	c.seen[operation][w.status]++
}

// report holds that the suite brought about what it is there for. What comes about only when two calls cross (200 to a PUT) is
// left to the tests of the server by itself.
func (c *checker) report(t *testing.T) {
	t.Helper()
	if t.Failed() {
		return
	}
	for operation, statuses := range map[string][]int{
		"getCapabilities": {200}, "findCustomers": {200}, "getCustomer": {200, 404}, "listInvoices": {200, 404}, "getInvoice": {200, 404},
		"listPayments": {200, 404}, "listServices": {200, 404}, "getService": {200, 404}, "suspend": {201, 409, 422, 500, 502}, "unsuspend": {204},
		"cancelService": {201, 422}, "withdrawCancellation": {204}, "listNotes": {200, 404}, "addNote": {201, 401, 403, 429},
		"setNonPayer": {201}, "clearNonPayer": {204}, "listEvents": {200, 410},
	} {
		for _, status := range statuses {
			if c.seen[operation][status] == 0 {
				t.Errorf("%s was never answered with %d: %v", operation, status, c.seen[operation])
			}
		}
	}
}

// copying keeps what is written.
type copying struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (w *copying) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *copying) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	w.body.Write(p)
	return w.ResponseWriter.Write(p)
}

// Unwrap lets a fault take the connection.
func (w *copying) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// isGarbled says that the answer is a fault of the kind that no server of the contract means.
func (w *copying) isGarbled() bool { return w.Header().Get("Content-Type") == "text/html" }

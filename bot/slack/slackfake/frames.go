package slackfake

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// The kinds of WebSocket frames, RFC 6455 section 5.2.
const (
	frameMore  = 0x0
	frameText  = 0x1
	frameClose = 0x8
	framePing  = 0x9
	framePong  = 0xA
)

// handshakeKey is the constant of RFC 6455 section 1.3.
const handshakeKey = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// wire is the server's end of a WebSocket: as much of RFC 6455 as Socket Mode
// takes, by hand, so that the double judges any client with the standard
// library alone.
type wire struct {
	conn net.Conn
	in   *bufio.Reader

	mu sync.Mutex // one frame is written at a time
}

// upgrade turns a request into a WebSocket. The Origin is not looked at: Slack
// takes connections from programs, which send https://api.slack.com or none.
func upgrade(w http.ResponseWriter, r *http.Request) (*wire, error) {
	key := r.Header.Get("Sec-Websocket-Key")
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") || key == "" || r.Header.Get("Sec-Websocket-Version") != "13" {
		http.Error(w, "a WebSocket is expected", http.StatusUpgradeRequired)
		return nil, errors.New("no WebSocket handshake")
	}
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, err
	}
	sum := sha1.Sum([]byte(key + handshakeKey))
	_, err = fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
		base64.StdEncoding.EncodeToString(sum[:]))
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if err := conn.SetDeadline(time.Time{}); err != nil { // the web server's own deadlines
		return nil, errors.Join(err, conn.Close())
	}
	return &wire{conn: conn, in: buffered.Reader}, nil
}

// write sends one frame. A server's frames are not masked.
func (w *wire) write(kind byte, payload []byte) error {
	head := []byte{0x80 | kind}
	switch n := len(payload); {
	case n < 126:
		head = append(head, byte(n))
	case n < 1<<16:
		head = binary.BigEndian.AppendUint16(append(head, 126), uint16(n))
	default:
		head = binary.BigEndian.AppendUint64(append(head, 127), uint64(n))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.conn.SetWriteDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return err
	}
	_, err := w.conn.Write(append(head, payload...))
	return err
}

// read gives the next whole message; pings are answered and pongs dropped on
// the way. An error ends the connection.
func (w *wire) read() ([]byte, error) {
	var message []byte
	for {
		kind, last, payload, err := w.frame()
		if err != nil {
			return nil, err
		}
		switch kind {
		case frameText, frameMore:
			if message = append(message, payload...); len(message) > maxBody {
				return nil, errors.New("message is too long")
			}
			if last {
				return message, nil
			}
		case framePing:
			if err := w.write(framePong, payload); err != nil {
				return nil, err
			}
		case framePong:
		case frameClose:
			return nil, io.EOF
		default:
			return nil, fmt.Errorf("frame of kind %d", kind)
		}
	}
}

// frame reads one frame. A client's frames are masked.
func (w *wire) frame() (kind byte, last bool, payload []byte, err error) {
	var head [2]byte
	if _, err := io.ReadFull(w.in, head[:]); err != nil {
		return 0, false, nil, err
	}
	n := uint64(head[1] & 0x7f)
	switch n {
	case 126:
		var long [2]byte
		_, err = io.ReadFull(w.in, long[:])
		n = uint64(binary.BigEndian.Uint16(long[:]))
	case 127:
		var long [8]byte
		_, err = io.ReadFull(w.in, long[:])
		n = binary.BigEndian.Uint64(long[:])
	}
	switch {
	case err != nil:
		return 0, false, nil, err
	case head[1]&0x80 == 0:
		return 0, false, nil, errors.New("frame is not masked")
	case n > maxBody:
		return 0, false, nil, errors.New("frame is too long")
	}
	mask, payload := make([]byte, 4), make([]byte, n)
	if _, err := io.ReadFull(w.in, mask); err != nil {
		return 0, false, nil, err
	}
	if _, err := io.ReadFull(w.in, payload); err != nil {
		return 0, false, nil, err
	}
	for i := range payload {
		payload[i] ^= mask[i%4]
	}
	return head[0] & 0x0f, head[0]&0x80 != 0, payload, nil
}

// drop cuts the connection off, without the closing handshake.
func (w *wire) drop() { _ = w.conn.Close() }

// end closes the connection as a server does.
func (w *wire) end(code uint16) {
	_ = w.write(frameClose, binary.BigEndian.AppendUint16(nil, code))
	w.drop()
}

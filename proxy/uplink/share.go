package uplink

import "weir/tenant"

// shares divides room between tenants. Half of the room is reserved in equal
// parts: a tenant within its part always gets it. The other half is lent: a
// tenant may hold there at most lend times what is still free, so that
// however many tenants flood, some is left for the next one. A node with one
// tenant gives it everything. The caller locks.
type shares struct {
	room     int64 // bytes
	total    int64 // in use
	borrowed int64 // in use beyond the reserved parts
	tenants  int   // the room is reserved for so many
	used     map[tenant.ID]int64
}

const lend = 4

func newShares(room int64) shares {
	return shares{room: room, tenants: 1, used: map[tenant.ID]int64{}}
}

// reserved is the part of each tenant.
func (s *shares) reserved() int64 {
	if s.tenants <= 1 {
		return s.room
	}
	return s.room / 2 / int64(s.tenants)
}

// take gives n bytes to a tenant, or reports false.
func (s *shares) take(id tenant.ID, n int64) bool {
	if s.total+n > s.room {
		return false
	}
	used, part := s.used[id], s.reserved()
	if beyond := used + n - part; beyond > 0 {
		others := s.borrowed - max(0, used-part)
		free := s.room - part*int64(s.tenants) - others - beyond
		if beyond > lend*free {
			return false
		}
	}
	s.force(id, n)
	return true
}

// force takes without asking: what is on disk already.
func (s *shares) force(id tenant.ID, n int64) {
	used, part := s.used[id], s.reserved()
	s.used[id] = used + n
	s.total += n
	s.borrowed += max(0, used+n-part) - max(0, used-part)
	if len(s.used) > s.tenants {
		s.divide(len(s.used))
	}
}

// give takes n bytes back.
func (s *shares) give(id tenant.ID, n int64) {
	used, part := s.used[id], s.reserved()
	s.total -= n
	s.borrowed -= max(0, used-part) - max(0, used-n-part)
	if used -= n; used > 0 {
		s.used[id] = used
	} else {
		delete(s.used, id)
	}
}

// divide reserves parts for n tenants, or for as many as hold something.
func (s *shares) divide(n int) {
	s.tenants = max(1, n, len(s.used))
	s.borrowed = 0
	for _, used := range s.used {
		s.borrowed += max(0, used-s.reserved())
	}
}

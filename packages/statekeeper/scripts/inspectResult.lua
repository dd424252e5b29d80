-- Reads under which code the result of a request is kept, used or not.
-- needs: time inbox record
-- ARGV: id
-- reply: nothing if none is kept; else its stamp, for how many ms it is kept
-- bound: one
-- an outcome may be very long; a result whose stamp alone is longer than this, of code of hundreds of functions, counts as none
local stamp = string.match(redis.call('GETRANGE', resultOf .. ARGV[1], 0, largeBytes), '^(%S+) ')
return stamp and { stamp, redis.call('PTTL', resultOf .. ARGV[1]) } or {}

-- Notes which claimed requests wait for re-entrant ones (field `suspended`: the ids, or empty if not told), which go on, and
-- how far they are (field `progress`: done and total with a blank between).
-- needs:
-- ARGV: worker, number of suspended, number of progresses, for each suspended: id, ids it waits for without a blank between;
--       for each progress: id, done and total; then the ids that go on
-- reply: nothing
-- bound: the number of ids
local worker, suspended, progresses = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local function isOwned(id) return redis.call('HGET', requestOf .. id, 'owner') == worker end
local at = 4
for _ = 1, suspended do
  if isOwned(ARGV[at]) then redis.call('HSET', requestOf .. ARGV[at], 'suspended', ARGV[at + 1]) end
  at = at + 2
end
for _ = 1, progresses do
  if isOwned(ARGV[at]) then redis.call('HSET', requestOf .. ARGV[at], 'progress', ARGV[at + 1]) end
  at = at + 2
end
for i = at, #ARGV do
  if isOwned(ARGV[i]) then redis.call('HDEL', requestOf .. ARGV[i], 'suspended') end
end

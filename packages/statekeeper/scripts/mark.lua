-- Notes which claimed requests wait for re-entrant ones (`suspended`: the ids, or empty if not told), which go on, and how far
-- they are (`progress`: done and total with a blank between).
-- needs: time inbox record
-- ARGV: worker, number of suspended, number of progresses, for each suspended: id, ids it waits for without a blank between;
--       for each progress: id, done and total; then the ids that go on
-- reply: nothing
-- bound: the number of ids
local worker, suspended, progresses = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local function note(id, field, value)
  local claim = redis.call('HGET', claimsKey, id)
  if workerOf(claim) ~= worker then return end
  if not string.find(claim, ' noted', 1, true) then redis.call('HSET', claimsKey, id, claim .. ' noted') end
  redis.call('HSET', notesKey, field .. id, value)
end
local at = 4
for _ = 1, suspended do
  note(ARGV[at], 'suspended ', ARGV[at + 1])
  at = at + 2
end
for _ = 1, progresses do
  note(ARGV[at], 'progress ', ARGV[at + 1])
  at = at + 2
end
for i = at, #ARGV do
  if workerOf(redis.call('HGET', claimsKey, ARGV[i])) == worker then redis.call('HDEL', notesKey, 'suspended ' .. ARGV[i]) end
end

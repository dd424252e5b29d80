-- Notes which claimed requests wait for re-entrant ones (`suspended`: the ids, or empty if unknown), which go on, and how far
-- they are (`progress`: see lib/record.lua).
-- needs: time inbox record
-- ARGV: worker, number of suspended, number of progresses, for each suspended: id, ids it waits for without a blank between;
--       for each progress: id, done and total; then the ids that go on
-- reply: nothing
-- bound: the number of ids
local worker, suspended, progresses = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local resumedFrom = 4 + 2 * (suspended + progresses)
local ids = {}
for at = 4, resumedFrom - 1, 2 do ids[#ids + 1] = ARGV[at] end
for at = resumedFrom, #ARGV do ids[#ids + 1] = ARGV[at] end

local claims, noted, notes, ended = fieldsOf(claimsKey, ids), {}, {}, {}
for i, id in ipairs(ids) do
  local claim, at = claims[i], 2 + 2 * i
  if workerOf(claim) == worker and at >= resumedFrom then
    ended[#ended + 1] = 'suspended ' .. id
  elseif workerOf(claim) == worker then
    if not string.find(claim, ' noted', 1, true) then
      noted[#noted + 1] = id
      noted[#noted + 1] = claim .. ' noted'
    end
    notes[#notes + 1] = (i <= suspended and 'suspended ' or 'progress ') .. id
    notes[#notes + 1] = ARGV[at + 1]
  end
end
-- a claim can be without notes, and notes cannot be without a claim that says so
pushAll('HSET', claimsKey, noted)
pushAll('HSET', notesKey, notes)
pushAll('HDEL', notesKey, ended)

-- Copying: gives idle volunteers copies of requests that a worker claimed long ago, compared with what their functions usually
-- take. The first outcome completes them; the claim stays where it is. What waits for re-entrant requests is left alone, and so
-- is what a worker was lost with.
local usualTimes, volunteersLookedAt = 3, 64

local function isCopied(claim) return string.find(claim, ' copied', 1, true) ~= nil end

-- Claims of measured functions that are late, the oldest first.
local function stragglers(afterMs)
  local found = {}
  local sample = redis.call('HRANDFIELD', claimsKey, claimsPerSweep, 'WITHVALUES')
  for i = 1, #sample, 2 do
    local id, claim = sample[i], sample[i + 1]
    local claimedAt = tonumber(string.match(claim, '^%S+ (%d+)'))
    local age = claimedAt and readClock() - claimedAt or 0
    local isFitting = claimedAt and age >= afterMs and not isCopied(claim) and not isAddressed(id)
    local text = isFitting and redis.call('HGET', requestsKey, id)
    if text and not redis.call('HGET', notesKey, 'suspended ' .. id) then
      local header = headerOf(text)
      local name = functionNameAt(text, header.length + 1)
      if isWanted(header) and header.losses == 0 and age * 1000 >= usualTimes * costOf(name) then
        found[#found + 1] = { id = id, claim = claim, age = age, text = text, name = name }
      end
    end
  end
  table.sort(found, function(one, other)
    if one.age ~= other.age then return one.age > other.age end
    return one.id < other.id
  end)
  return found
end

-- One copy a volunteer, and one of each.
local function copyStragglers(afterMs)
  local volunteers = someVolunteers(volunteersLookedAt)
  if #volunteers == 0 then return end
  local epoch = redis.call('GET', epochKey) or '0'
  local late, copied = stragglers(afterMs), {}
  for _, volunteer in ipairs(volunteers) do
    local skips = skipSet(volunteer.skips)
    for _, straggler in ipairs(late) do
      local id, claim = straggler.id, straggler.claim
      -- a request that a bridge carries is not cancelled in the other pool when the claim is done
      local isFit = volunteer.epoch == epoch and volunteer.reach == 'roots' and not (skips and skips[straggler.name])
      if isFit and not copied[id] and workerOf(claim) ~= volunteer.worker then
        copied[id] = true
        count('copied', 1)
        redis.call('HSET', claimsKey, id, claim .. ' copied')
        standDown(volunteer.worker)
        send(volunteer.worker, 'copy ' .. id .. ' ' .. string.format('%d', readClock()) .. ' ' .. straggler.text)
        break
      end
    end
  end
end

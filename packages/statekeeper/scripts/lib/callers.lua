-- Caller queues: the roots of one caller at one priority, in the order in which they came, and whose turn it is. `priorities`
-- orders the priorities, `callers:<priority>` the callers of one: who has the lowest turn is drawn from first. A caller's turn
-- grows by the work drawn, in ms, so callers get equal shares; a priority's by the requests drawn, over its weight. What is
-- drained keeps its turn until that has come, or a bridge finds nothing there, and so gains nothing by submitting little at a time. Bridges, who ask on behalf of other
-- pools, have turns of their own behind those of all others: that is more work, in ms, than any caller of the pool itself ever comes
-- to, and little enough for halves of a ms to count against it.
local weightStep, firstGuestTurn = 16, 1e15
local function isGuestTurn(turn) return turn >= firstGuestTurn end
local function weightOf(priority) return weightStep ^ tonumber(priority) end

-- the text of a number from which Redis reads the same number
local function turnText(turn) return string.format('%.17g', turn) end

local function lineUpPriority(priority)
  local first = redis.call('ZRANGE', prioritiesKey, 0, 0, 'WITHSCORES')
  local turn = first[1] and tonumber(first[2]) - 1 / weightOf(first[1]) or 0
  redis.call('ZADD', prioritiesKey, 'NX', turnText(turn + 1 / weightOf(priority)), priority)
end

-- Behind what the caller whose turn it is has first, and before what that has next: a request counts for 1 at least. The priority comes
-- first: should this script stop in between, one without callers leaves the line at the next drawing.
local function lineUpCaller(priority, process, isGuest)
  local first = redis.call('ZRANGE', callersOf .. priority, 0, 0, 'WITHSCORES')
  if first[1] == process then return end
  local isAlone = first[1] == nil
  if isAlone then lineUpPriority(priority) end
  if isGuest and not isAlone and not isGuestTurn(tonumber(first[2])) then
    first = redis.call('ZRANGE', callersOf .. priority, firstGuestTurn, '+inf', 'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES')
  end
  local turn = isGuest and firstGuestTurn or 0
  if first[1] and isGuestTurn(tonumber(first[2])) == isGuest then turn = tonumber(first[2]) + 0.5 end
  redis.call('ZADD', callersOf .. priority, 'NX', turnText(turn), process)
end

local function callerPlace(priority, process) return 'caller:' .. priority .. ':' .. process end

local function pushForCaller(priority, process, ids, isGuest)
  if #ids == 0 then return end
  local place = callerPlace(priority, process)
  -- one that is not empty is in line; should this script stop in between, one that is empty leaves the line at the next drawing
  if redis.call('EXISTS', KEYS[1] .. place) == 0 then lineUpCaller(priority, process, isGuest) end
  pushTo(place, ids)
end

local function prioritiesLowestFirst()
  local priorities = redis.call('ZRANGE', prioritiesKey, 0, -1)
  table.sort(priorities, function(one, other) return tonumber(one) < tonumber(other) end)
  return priorities
end

-- Callers with the places of their queues, the one that is drawn from last first; at most `most` a priority.
local function callersLastFirst(most)
  local callers = {}
  for _, priority in ipairs(prioritiesLowestFirst()) do
    local found = redis.call('ZRANGE', callersOf .. priority, 0, most - 1, 'REV', 'WITHSCORES')
    for i = 1, #found, 2 do
      local process, isGuest = found[i], isGuestTurn(tonumber(found[i + 1]))
      local place = callerPlace(priority, process)
      callers[#callers + 1] = { priority = priority, process = process, isGuest = isGuest, place = place }
    end
  end
  return callers
end

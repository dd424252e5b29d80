-- Draws for a bridge what the pool would draw last: from the ends of callers' queues and of the pool's, then from the head of a long own
-- queue. So the pool's workers and those of other pools draw from opposite ends. Each caller has an equal share of what it passes over.
-- How many callers of a priority are asked at first; more of them where these had too little.
local callersAsked = 64

-- Draws, and leaves half of what waits there if that is asked for.
local function drawShare(drawing, waiting, drawFromThere)
  local room, before = drawing.room, #drawing.claims
  if drawing.reach == 'half' then drawing.room = math.min(room, math.floor(waiting() / 2)) end
  drawFromThere()
  drawing.room = room - (#drawing.claims - before)
end

-- A caller that has nothing leaves the line: where no worker draws from its other end, it would hide those before it.
local function drawFromCallerEnds(drawing, most, seen)
  local callers = callersLastFirst(most)
  for _, caller in ipairs(callers) do
    if isFull(drawing) then return end
    if not seen[caller.place] and caller.process ~= drawing.worker then
      drawing.passesLeft = math.ceil(passedPerLine / #callers)
      local isEmpty = drawWaiting(drawing, caller.place, 'tail', caller.process, caller.isGuest)
      if isEmpty then redis.call('ZREM', callersOf .. caller.priority, caller.process) end
    end
    seen[caller.place] = true
  end
end

local function drawFromSharedEnds(drawing)
  local seen = {}
  for _, asked in ipairs({ callersAsked, callersPerLine }) do
    drawFromCallerEnds(drawing, math.min(asked, callersPerLine), seen)
  end
  if isFull(drawing) then return end
  drawing.passesLeft = passedPerQueue
  if drawing.reach ~= 'shown' then drawFrom(drawing, poolPlace, 'tail') end
end

local function drawFromOwnQueues(drawing, owners)
  local before = #drawing.claims
  drawing.passesLeft = passedPerLine
  for _, owner in ipairs(owners) do
    local place = 'queue:' .. owner
    drawShare(drawing, function() return redis.call('ZCARD', KEYS[1] .. place) end, function() drawFrom(drawing, place, 'head') end)
    if #drawing.claims > before then break end
  end
  count('hoisted', #drawing.claims - before)
end

local function drawFromEnds(drawing, sample, first)
  if sample == 0 then return end
  drawAtHand(drawing)
  drawShare(drawing, waitingNow, function() drawFromSharedEnds(drawing) end)
  if isFull(drawing) or drawing.reach == 'shown' then return end
  drawFromOwnQueues(drawing, first and { first } or longOwnQueues(drawing.worker, sample))
end

-- What a bridge claims counts as suspended.
local function own(worker, ids, reach)
  local claims, notes = {}, {}
  local claim = worker .. ' ' .. string.format('%d', readClock()) .. (isCarried(reach) and ' noted' or '')
  for i, id in ipairs(ids) do
    claims[2 * i - 1] = id
    claims[2 * i] = claim
    notes[2 * i - 1] = 'suspended ' .. id
    notes[2 * i] = ''
  end
  pushAll('SADD', runningOf .. worker, ids)
  pushAll('HSET', claimsKey, claims)
  if isCarried(reach) then pushAll('HSET', notesKey, notes) end
  count('claimed', #ids)
end

local function draw(drawing, sample, first)
  if isFromEnd(drawing.reach) then
    drawFromEnds(drawing, sample, first)
  else
    drawAnywhere(drawing, sample, first)
  end
  for place, ids in pairs(drawing.leaving) do removeFrom(place, ids) end
  for _, caller in ipairs(drawing.drained) do redis.call('ZREM', callersOf .. caller[1], caller[2]) end
  for _, dropped in ipairs(drawing.dropped) do eraseRecord(dropped[1], dropped[2]) end
  for _, mark in ipairs(drawing.marks) do notePassed(mark[1], drawing.kind, mark[2]) end
  if #drawing.claims > 0 then own(drawing.worker, drawing.claims, drawing.reach) end
  if #drawing.moving > 0 then moveToPool(drawing) end
end

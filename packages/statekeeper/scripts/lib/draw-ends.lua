-- Drawing for a bridge what the pool would draw last: from the ends of callers' queues and of the pool's, then from the head of the
-- longest own queue. So the pool's workers and those of other pools come towards each other.

-- Draws, and leaves half of what waits there if that is asked for.
local function drawShare(drawing, waiting, drawFromThere)
  local room, before = drawing.room, #drawing.claims
  if drawing.reach == 'half' then drawing.room = math.min(room, math.floor(waiting() / 2)) end
  drawFromThere()
  drawing.room = room - (#drawing.claims - before)
end

local function drawFromSharedEnds(drawing)
  for _, caller in ipairs(callersLastFirst()) do
    if isFull(drawing) then return end
    if caller.process ~= drawing.worker then drawWaiting(drawing, caller.key, 'RPOP', caller.process, caller.isGuest) end
  end
  if drawing.reach ~= 'shown' then drawFrom(drawing, queueKey, 'RPOP', 'shared') end
end

local function drawFromEnds(drawing, sample, first)
  if sample == 0 then return end
  drawAtHand(drawing)
  if waitingNow() > 0 then drawShare(drawing, waitingNow, function() drawFromSharedEnds(drawing) end) end
  if isFull(drawing) or drawing.reach == 'shown' then return end
  local owner, before = first or longestOwnQueue(drawing.worker, sample), #drawing.claims
  if not owner then return end
  local key = queueOf .. owner
  drawShare(drawing, function() return redis.call('LLEN', key) end, function() drawFrom(drawing, key, 'LPOP', 'other') end)
  count('hoisted', #drawing.claims - before)
end

local function draw(drawing, sample, first)
  if isFromEnd(drawing.reach) then
    drawFromEnds(drawing, sample, first)
  else
    drawAnywhere(drawing, sample, first)
  end
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

#!lua name=lim1
-- Rate limits, contract number 1: buckets of cells (GCRA). Of each the time at which it is full again is kept, in microseconds
-- since 1970. A bucket without a key is full, and a key ends when its bucket is: nothing is left to clean up.

local VERSION = 1
local TAG = '{lim}'

-- tostring() of a large number loses digits.
local function text(number) return string.format('%.0f', number) end

-- ARGV: how many cells at most, then for each bucket: name, microseconds in which a cell comes back, cells of a full bucket.
-- Takes as many cells as all of them have, at most so many, from each; answers how many, and what each has left in microseconds.
local function take(_, args)
    local time = redis.call('TIME')
    local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
    local granted, full_at = tonumber(args[1]), {}
    for at = 2, #args, 3 do
        local interval, burst = tonumber(args[at + 1]), tonumber(args[at + 2])
        -- One that is further away than from empty to full was written before the clock stepped back, or by another policy.
        local kept = math.min(tonumber(redis.call('GET', TAG .. ':' .. args[at]) or now), now + interval * burst)
        full_at[at] = math.max(kept, now)
        granted = math.min(granted, math.floor((now + interval * burst - full_at[at]) / interval))
    end
    local answer = { granted }
    for at = 2, #args, 3 do
        local interval, burst = tonumber(args[at + 1]), tonumber(args[at + 2])
        if granted > 0 then
            full_at[at] = full_at[at] + granted * interval
            redis.call('SET', TAG .. ':' .. args[at], text(full_at[at]), 'PX', text(math.ceil((full_at[at] - now) / 1000)))
        end
        answer[#answer + 1] = now + interval * burst - full_at[at]
    end
    return answer
end

redis.register_function { function_name = 'lim1_version', callback = function() return VERSION end, flags = { 'no-writes' } }
-- allow-oom: with no memory left, whoever has an order must still be able to cancel it, to read it and to ask again what became of it,
-- and all of that is counted here. What it takes is little: a bucket is some hundred bytes, only as long as it is not full (10 ms after
-- a single read), and who is refused writes nothing. The functions behind it refuse what is new by themselves.
redis.register_function { function_name = 'lim1_take', callback = take, flags = { 'allow-oom' } }

-- What callers learn of orders and refunds.

-- What came back of a completed order, counted in pieces: 'none', 'part' or 'all'. Money alone does not tell: a free piece
-- costs nothing, and comes back all the same. A refund that was found after a restore names no lines: once all the money of
-- such an order is back, everything is.
local function returned(id)
    local kept = redis.call('HMGET', order_key(id), 'refunds', 'lines', 'amount', 'refunded')
    if not kept[1] then return 'none' end
    local left, came_back, unnamed = 0, false, not kept[2]
    for _, line in ipairs(kept[2] and cjson.decode(kept[2]) or {}) do left = left + line.quantity end
    for n = 1, tonumber(kept[1]) do
        local refund = redis.call('HMGET', refund_key(id, text(n)), 'status', 'lines')
        if refund[1] == 'paid' or refund[1] == 'done' then
            local lines = cjson.decode(refund[2])
            came_back, unnamed = true, unnamed or #lines == 0
            for at = 2, #lines, 2 do left = left - tonumber(lines[at]) end
        end
    end
    if not came_back then return 'none' end
    local all = left <= 0
    if unnamed then all = tonumber(kept[4]) >= tonumber(kept[3]) end
    return all and 'all' or 'part'
end

-- An order's fields, with what came back of it.
local function order_fields(id)
    local answer = fields_of(order_key(id), id)
    answer[#answer + 1] = 'returned'
    answer[#answer + 1] = returned(id)
    return answer
end

-- What a caller learns of an order: a word, and its fields.
local function view(word, id) return { word, order_fields(id) } end

-- What a caller learns of a refund: a word, its order's fields, and its own.
local function refund_view(word, id, n) return { word, order_fields(id), fields_of(refund_key(id, n), n) } end

local RETURNED = { none = 'completed', part = 'partially_refunded', all = 'refunded' }

-- The status that clients see.
local function public_status(id)
    local status = redis.call('HGET', order_key(id), 'status')
    if status == 'completed' then return RETURNED[returned(id)] end
    return status == 'cancelled' and status or 'pending'
end

-- VIEWS has one text for each final order that version 7 or later ended. Its first line is what moves: public status,
-- updated_at, refunded, user. The other lines are the order's JSON around that, as its service wrote it once; the last is the
-- shipping address, if there is one. An order without such a text is shown from its fields.

-- Writes the view of an order that is final: `body` is all lines but the first.
local function show(id, status, now, refunded, user, body)
    redis.call('HSET', VIEWS, id, status .. ' ' .. now .. ' ' .. refunded .. ' ' .. user .. '\n' .. body)
end

-- Keeps the view true after money or pieces came back.
local function show_again(id)
    local view = redis.call('HGET', VIEWS, id)
    if not view then return end
    local kept = redis.call('HMGET', order_key(id), 'updated_at', 'refunded', 'user')
    show(id, public_status(id), kept[1], kept[2], kept[3], string.sub(view, string.find(view, '\n', 1, true) + 1))
end

-- Takes the shipping address out of the view.
local function show_without_address(id)
    local view = redis.call('HGET', VIEWS, id)
    local bare = view and string.match(view, '^[^\n]*\n[^\n]*\n[^\n]*\n[^\n]*')
    if bare and bare ~= view then redis.call('HSET', VIEWS, id, bare) end
end

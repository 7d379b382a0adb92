-- The views of orders and refunds that callers get.

-- Returns how much of a completed order was refunded, counted in units: 'none', 'part' or 'all'.
-- Money alone does not show that: a free unit costs nothing, and is returned all the same.
--
-- A refund that was found after a restore names no lines. Once all the money of such an order is
-- refunded, everything is.
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

-- Returns the fields of an order, with its refunded part.
local function order_fields(id)
    local answer = fields_of(order_key(id), id)
    answer[#answer + 1] = 'returned'
    answer[#answer + 1] = returned(id)
    return answer
end

-- Returns the answer about an order: a word, and its fields.
local function view(word, id) return { word, order_fields(id) } end

-- Returns the answer about a refund: a word, the fields of its order, and its own.
local function refund_view(word, id, n) return { word, order_fields(id), fields_of(refund_key(id, n), n) } end

local RETURNED = { none = 'completed', part = 'partially_refunded', all = 'refunded' }

-- Returns the status that clients see.
local function public_status(id)
    local status = redis.call('HGET', order_key(id), 'status')
    if status == 'completed' then return RETURNED[returned(id)] end
    return status == 'cancelled' and status or 'pending'
end

-- VIEWS has one text for each final order that version 7 or later ended. Its first line has the
-- fields that change: public status, updated_at, refunded, user. The other lines are the JSON of
-- the order around these, as its service wrote it once. The last line is the shipping address, if
-- there is one. An order without such a text is shown from its fields.

-- Writes the view of a final order: `body` has all lines but the first.
local function show(id, status, now, refunded, user, body)
    redis.call('HSET', VIEWS, id, status .. ' ' .. now .. ' ' .. refunded .. ' ' .. user .. '\n' .. body)
end

-- Updates the view after a refund.
local function show_again(id)
    local view = redis.call('HGET', VIEWS, id)
    if not view then return end
    local kept = redis.call('HMGET', order_key(id), 'updated_at', 'refunded', 'user')
    show(id, public_status(id), kept[1], kept[2], kept[3], string.sub(view, string.find(view, '\n', 1, true) + 1))
end

-- Removes the shipping address from the view.
local function show_without_address(id)
    local view = redis.call('HGET', VIEWS, id)
    local bare = view and string.match(view, '^[^\n]*\n[^\n]*\n[^\n]*\n[^\n]*')
    if bare and bare ~= view then redis.call('HSET', VIEWS, id, bare) end
end

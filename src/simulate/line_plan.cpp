// SPDX-License-Identifier: MIT
#include "simulate/line_plan.hpp"

#include <algorithm>
#include <cmath>

#include "plantwright/core/elementary.hpp"
#include "simulate/streams.hpp"

namespace plantwright::simulate {
namespace {

constexpr double kTwoPi = 6.283185307179586;
constexpr int kMaintenanceWeeks = 12, kMaintenanceHours = 8, kToolChangeDays = 14;

bool works(const SiteHour& at, int line) {
    if (at.shift == Shift::off) return false;
    const bool day_line = line % 3 == 2;
    return !day_line || at.shift == Shift::early || at.shift == Shift::late;
}

/// Orders rise towards autumn and fall towards spring.
double season_of_orders(int day_of_year) { return 1 + 0.05 * elementary::cos(kTwoPi * (day_of_year - 290) / 365.25); }

/// Walks through the hours and decides as a shift leader would; one object per line and run.
class LinePlanner {
public:
    LinePlanner(int line, std::uint64_t seed)
        : line_(line), stream_(stream_of(seed, SiteProcess::line_plan, line)), orders_(0.99, 0.141) {
        product_ = static_cast<int>(stream_.below(kProducts));
        campaign_left_h_ = campaign_hours();
        since_maintenance_h_ = static_cast<double>(stream_.below(kMaintenanceWeeks * 7 * 24));
        since_tool_change_h_ = static_cast<double>(stream_.below(kToolChangeDays * 24));
    }

    PlannedHour next(const SiteHour& at) {
        const double orders = 1 + 0.04 * orders_.step(stream_);
        start_maintenance_if_due(at);
        PlannedHour hour;
        if (stop_left_h_ > 0) {
            --stop_left_h_;
            hour.planned_stop = true;
            since_maintenance_h_ = 0;
        } else if (works(at, line_)) {
            run(at, orders, hour);
        }
        was_working_ = hour.running;
        hour.hours_since_maintenance = since_maintenance_h_++;
        hour.hours_since_tool_change = since_tool_change_h_++;
        return hour;
    }

private:
    int campaign_hours() { return 16 + static_cast<int>(stream_.below(56)); }

    void start_maintenance_if_due(const SiteHour& at) {
        const bool due = since_maintenance_h_ >= kMaintenanceWeeks * 7 * 24;
        if (due && at.shift == Shift::early && at.hour == 6) stop_left_h_ = kMaintenanceHours;
    }

    void run(const SiteHour& at, double orders, PlannedHour& hour) {
        if (campaign_left_h_-- <= 0) {
            product_ = (product_ + 1 + static_cast<int>(stream_.below(kProducts - 1))) % kProducts;
            campaign_left_h_ = campaign_hours();
            hour.changeover = true;
        }
        const bool new_shift = at.hour == 6 || at.hour == 14 || at.hour == 22;
        if (new_shift || hour.changeover || !was_working_) choose_setpoints(at, orders);
        hour.tool_change = new_shift && since_tool_change_h_ >= kToolChangeDays * 24;
        if (hour.tool_change) since_tool_change_h_ = 0;
        hour.running = true;
        hour.product = product_;
        hour.speed_setpoint_units_per_h = speed_;
        hour.oven_setpoint_C = oven_C_;
    }

    /// Near the recipe; one shift in fifteen starts with a wrong one.
    void choose_setpoints(const SiteHour& at, double orders) {
        const Product& product = kProductTable[static_cast<std::size_t>(product_)];
        const double pace = season_of_orders(at.day_of_year) * orders + 0.03 * stream_.normal();
        speed_ = std::round(product.speed_units_per_h * line_scale(line_) * std::clamp(pace, 0.8, 1.15));
        const bool wrong_recipe = stream_.below(15) == 0;
        const double offset_C =
            wrong_recipe ? (stream_.below(2) == 0 ? -14.0 : 14.0) : std::clamp(3 * stream_.normal(), -9.0, 9.0);
        oven_C_ = std::round(product.oven_C + offset_C);
    }

    int line_;
    RandomStream stream_;
    Autoregression orders_;
    int product_ = 0, campaign_left_h_ = 0, stop_left_h_ = 0;
    double since_maintenance_h_ = 0, since_tool_change_h_ = 0;
    double speed_ = 0, oven_C_ = 0;
    bool was_working_ = false;
};

/// An oven is hot when its line runs, so it is switched on an hour before.
void preheat(std::vector<PlannedHour>& plan) {
    for (std::size_t t = 0; t + 1 < plan.size(); ++t) {
        if (!plan[t].running && plan[t + 1].running) plan[t].oven_setpoint_C = plan[t + 1].oven_setpoint_C;
    }
}

}  // namespace

std::vector<PlannedHour> plan_line(const std::vector<SiteHour>& calendar, int line, std::uint64_t seed) {
    LinePlanner planner(line, seed);
    std::vector<PlannedHour> plan;
    plan.reserve(calendar.size());
    for (const SiteHour& at : calendar) plan.push_back(planner.next(at));
    preheat(plan);
    return plan;
}

std::vector<double> plan_air_pressure(const std::vector<SiteHour>& calendar, std::uint64_t seed) {
    RandomStream stream = stream_of(seed, SiteProcess::site_plan);
    double pressure_bar = 7;
    std::vector<double> hours;
    hours.reserve(calendar.size());
    for (const SiteHour& at : calendar) {
        const bool monday_morning = at.weekday == 0 && at.hour == 6;
        if (hours.empty() || monday_morning) pressure_bar = std::round(10 * stream.uniform(6.0, 8.0)) / 10;
        hours.push_back(pressure_bar);
    }
    return hours;
}

}  // namespace plantwright::simulate

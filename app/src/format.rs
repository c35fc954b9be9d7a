//! Formats numbers and dates as the person's language has them. Examples are English.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

use crate::texts::{self, Language};

#[wasm_bindgen]
extern "C" {
    /// `Date`, because `js_sys` cannot format in the browser's own language.
    #[wasm_bindgen(js_name = Date)]
    type Moment;

    #[wasm_bindgen(constructor, js_class = "Date")]
    fn new(milliseconds: f64) -> Moment;

    #[wasm_bindgen(method, js_name = toLocaleDateString)]
    fn date(this: &Moment, locale: &JsValue, options: &Object) -> String;
}

/// Bytes in the unit that fits: `950 kB`, `12.3 MB`.
pub fn bytes(bytes: f64) -> String {
    marked(match bytes {
        bytes if bytes < 1e6 => format!("{:.0} kB", bytes / 1e3),
        bytes if bytes < 1e9 => format!("{:.1} MB", bytes / 1e6),
        bytes => format!("{:.2} GB", bytes / 1e9),
    })
}

/// A count with its thousands apart: `4,096`.
pub fn count(count: usize) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    marked(grouped)
}

/// A share as a percentage. Shows 0 % and 100 % only for exactly that.
pub fn percent(share: f32) -> String {
    let percent = share * 100.0;
    marked(match percent {
        percent if percent <= 0.0 => "0 %".to_owned(),
        percent if percent < 0.1 => "< 0.1 %".to_owned(),
        percent if percent >= 99.95 && share < 1.0 => "> 99.9 %".to_owned(),
        percent if percent >= 100.0 => "100 %".to_owned(),
        percent => format!("{percent:.1} %"),
    })
}

/// A share as a percentage without decimals, for small places.
pub fn whole_percent(share: f32) -> String {
    let percent = (share * 100.0).round();
    match percent {
        percent if percent >= 100.0 && share < 1.0 => "99 %".to_owned(),
        percent => format!("{percent} %"),
    }
}

/// A cosine to three places, the precision of int8 weights.
pub fn cosine(cosine: f32) -> String {
    marked(format!("{cosine:.3}"))
}

/// How many times as much: `1.5`, or `4` without decimals from 3 on.
pub fn ratio(ratio: f64) -> String {
    marked(match ratio {
        ratio if ratio < 3.0 => format!("{ratio:.1}"),
        ratio => format!("{ratio:.0}"),
    })
}

/// A number with so many decimal places.
pub fn decimal(number: f32, places: usize) -> String {
    marked(format!("{number:.places$}"))
}

/// A number with the marks of the person's language: German has a comma where English has a point.
fn marked(number: String) -> String {
    match texts::language() {
        Language::English => number,
        Language::German => {
            let mark = |letter| match letter {
                '.' => ',',
                ',' => '.',
                other => other,
            };
            number.chars().map(mark).collect()
        }
    }
}

/// The date of a time in milliseconds since 1970.
pub fn day(milliseconds: f64) -> String {
    let options = Object::new();
    // A plain object takes any property.
    let _ = Reflect::set(&options, &"dateStyle".into(), &"medium".into());
    let locale = match texts::language() {
        // With the browser's own order of day and month.
        Language::English => JsValue::UNDEFINED,
        Language::German => "de".into(),
    };
    Moment::new(milliseconds).date(&locale, &options)
}

/// The day of a time in milliseconds since 1970, as one speaks of it: "today", "yesterday", or the
/// date.
pub fn recent_day(milliseconds: f64) -> String {
    match days_ago(milliseconds, js_sys::Date::now()) {
        0 => texts::day_today().to_owned(),
        1 => texts::day_yesterday().to_owned(),
        _ => day(milliseconds),
    }
}

/// Midnights between two times, in the browser's time zone.
fn days_ago(then: f64, now: f64) -> i64 {
    const DAY: f64 = 86_400_000.0;
    let midnight = |time: f64| {
        let date = js_sys::Date::new(&time.into());
        date.set_hours(0);
        date.set_minutes(0);
        date.set_seconds(0);
        date.set_milliseconds(0)
    };
    // A day with a change of the clocks is an hour longer or shorter.
    ((midnight(now) - midnight(then)) / DAY).round() as i64
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn bytes_pick_their_unit() {
        assert_eq!(bytes(950_000.0), "950 kB");
        assert_eq!(bytes(12_345_678.0), "12.3 MB");
        assert_eq!(bytes(1.5e9), "1.50 GB");
    }

    #[wasm_bindgen_test]
    fn thousands_are_apart() {
        let counts = [0, 999, 1000, 14_096, 1_000_000].map(count);
        assert_eq!(counts, ["0", "999", "1,000", "14,096", "1,000,000"]);
    }

    #[wasm_bindgen_test]
    fn days_end_at_midnight() {
        let at = |day: i32, hour: i32| {
            let date = js_sys::Date::new_with_year_month_day_hr_min_sec(2026, 10, day, hour, 30, 0);
            date.get_time()
        };
        assert_eq!(days_ago(at(28, 0), at(28, 23)), 0);
        assert_eq!(days_ago(at(27, 23), at(28, 0)), 1);
        assert_eq!(days_ago(at(1, 12), at(28, 0)), 27);
    }

    #[wasm_bindgen_test]
    fn percentages_do_not_overclaim() {
        assert_eq!(percent(0.000_1), "< 0.1 %");
        assert_eq!(percent(0.5), "50.0 %");
        assert_eq!(percent(0.999_8), "> 99.9 %");
        assert_eq!(percent(1.0), "100 %");
        assert_eq!(percent(0.0), "0 %");
    }
}

#include "CPhoneNumbers.h"

#include <cstring>
#include <phonenumbers/geocoding/phonenumber_offline_geocoder.h>
#include <phonenumbers/phonenumberutil.h>
#include <string>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberOfflineGeocoder;
using i18n::phonenumbers::PhoneNumberUtil;

/* Copies as much of the text as fits, and never half a character. */
template <size_t N> static void copy(const std::string &from, char (&to)[N]) {
    size_t length = from.size() < N ? from.size() : N - 1;
    while (length > 0 && length < from.size() && (static_cast<unsigned char>(from[length]) & 0xC0) == 0x80) length--;
    std::memcpy(to, from.data(), length);
    to[length] = 0;
}

bool phone_number_read(const char *text, size_t length, const char *region, const char *language, struct phone_number *number) {
    try {
        static const PhoneNumberOfflineGeocoder geocoder;
        const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
        PhoneNumber parsed;
        if (util.Parse(std::string(text, length), region, &parsed) != PhoneNumberUtil::NO_PARSING_ERROR) return false;
        number->is_possible = util.IsPossibleNumber(parsed);
        number->is_valid = util.IsValidNumber(parsed);
        std::string made;
        util.Format(parsed, PhoneNumberUtil::E164, &made);
        copy(made, number->e164);
        std::string home;
        util.GetRegionCodeForCountryCode(parsed.country_code(), &home);
        util.Format(parsed, home == region ? PhoneNumberUtil::NATIONAL : PhoneNumberUtil::INTERNATIONAL, &made);
        copy(made, number->display);
        std::string exact;
        util.GetRegionCodeForNumber(parsed, &exact);
        copy(exact.empty() || exact == "ZZ" ? home : exact, number->region);
        /* Of a mobile number the geocoder says its country, which is no place. */
        const bool has_place = number->is_valid && util.IsNumberGeographical(parsed);
        copy(has_place ? geocoder.GetDescriptionForNumber(parsed, icu::Locale(language)) : std::string(), number->place);
        return true;
    } catch (...) {
        return false;
    }
}
